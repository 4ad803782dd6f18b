"""The colour in which a facility shows itself to patients, and addresses of nothing."""

import re

import pytest

from app.core.actor import SYSTEM
from app.directory import queries as directory
from tests.doors import people, strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def words(answer):
    return strict.words(strict.page(answer))


def test_a_colour_that_cannot_be_read_is_refused_and_a_dark_one_is_worn(app, world):
    admin = people.signed_in(app, world.admin)
    anybody, page = people.stranger(app), "/setup/at/kochi/online"

    pale = admin.post(page, colour="#ffd27a", online_holds="40")
    no_colour = admin.post(page, colour="teal", online_holds="40")
    assert (pale.status_code, no_colour.status_code) == (422, 422)
    assert "too pale" in words(pale)
    assert 'value="#ffd27a"' in pale.text
    admin.post(page, colour="#7A1F5C", online_holds="3")

    sheet = re.search(
        r'href="(/book/kochi/colour.css[^"]+)"', anybody.get("/book/kochi").text
    )
    assert "--accent: #7a1f5c" in anybody.get(sheet[1]).text
    assert directory.facility("kochi", by=SYSTEM).online_holds == 3


@pytest.mark.parametrize("path", ["nowhere", "%00", "kochi/with/%00", "kochi/with/x/y"])
def test_an_address_of_nothing_is_told_in_the_readers_language(app, world, path):
    answer = people.stranger(app).get(f"/book/{path}?lang=hi")

    assert answer.status_code == 404
    assert "ऐसा कोई पन्ना नहीं" in words(answer)
