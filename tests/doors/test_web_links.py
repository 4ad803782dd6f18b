"""Links that lead to booking from elsewhere, to copy and to print."""

import html
import re

import pytest

from app.core.actor import SYSTEM
from app.directory import service as directory
from tests.doors import people, strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def test_each_leads_where_it_says_and_brings_nothing_of_ours(app, world):
    directory.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    directory.set_online(
        world.kochi, colour="#7a1f5c", online_holds=9, by=SYSTEM, now=NOW
    )
    admin = people.signed_in(app, world.admin)

    page = admin.get("/setup/at/kochi/online/links")

    strict.page(page)
    found = re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", page.text, re.DOTALL)
    whole, part, rao = (html.unescape(each) for each in found)
    for written, name in (
        (whole, world.kochi.name),
        (part, "Medicine"),
        (rao, world.rao.name),
    ):
        assert f"Book a visit: {html.escape(name)}</a>" in written
        assert "background:#7a1f5c" in written
        assert "script" not in written
        assert "frame" not in written
        (address,) = re.findall(r'href="([^"]+)"', written)
        assert people.stranger(app).get(address).status_code in {200, 303}
    assert page.text.count('class="qr"') == 3


@pytest.mark.parametrize(
    ("kind", "start", "mimetype"),
    [("svg", b"<?xml", "image/svg+xml"), ("png", b"\x89PNG", "image/png")],
)
def test_a_code_is_had_as_a_file_to_print(app, world, kind, start, mimetype):
    directory.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    admin = people.signed_in(app, world.admin)
    there = f"/setup/at/kochi/online/links/code.{kind}"

    answer = admin.get(f"{there}?doctor=rao")

    assert answer.data.startswith(start)
    assert answer.mimetype == mimetype
    assert f"book-kochi-rao.{kind}" in answer.headers["Content-Disposition"]
    assert f"{there}?doctor=rao" in admin.get("/setup/at/kochi/online/links").text
    assert answer.data != admin.get(there).data
    assert admin.get(f"{there}?doctor=nobody").status_code == 404
