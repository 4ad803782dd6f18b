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
    whole, rao = (html.unescape(each) for each in found)
    for written, name in ((whole, world.kochi.name), (rao, world.rao.name)):
        assert f"Book a visit: {html.escape(name)}</a>" in written
        assert "background:#7a1f5c" in written
        assert "script" not in written
        assert "frame" not in written
        (address,) = re.findall(r'href="([^"]+)"', written)
        assert people.stranger(app).get(address).status_code in {200, 303}
    assert page.text.count('class="qr"') == 2
