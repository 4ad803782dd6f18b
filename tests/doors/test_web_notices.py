"""The bell of the staff's pages, and the list behind it."""

import re

import pytest

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.notifications import queries
from tests import factories as make
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def rung(world):
    """Let the desk have read what the hospital's opening told; then book something."""
    return new(world, "Ravi Menon", 15)


def new(world, name, hour):
    order = make.timed_order(
        world.kochi, world.rao, world.visit, make.patient(name), local(hour)
    )
    return booking.book_timed(order, by=SYSTEM, now=NOW)


def fresh(world):
    return queries.unread(by=world.meena.actor)


def latest(world):
    return queries.notices(by=world.meena.actor)[0]


def test_every_page_says_how_much_is_new(meena, world, rung):
    shown = meena.get("/calendar/kochi").text

    assert f'<span class="chip bad">{fresh(world)}</span>' in shown


def test_an_unchanged_bell_has_no_content(meena, world, rung):
    number = fresh(world)
    assert meena.get(f"/notices/count?v={number}").status_code == 204

    new(world, "Diya Nair", 16)

    told = meena.get(f"/notices/count?v={number}")
    assert told.status_code == 200
    assert f"v={number + 1}" in told.text


def test_the_list_says_what_happened_in_the_facilitys_time(meena, world, rung):
    shown = meena.get("/notices/").text

    assert "New booking" in shown
    assert f"with {world.rao.name}, Mon 2 Mar, 15:00 ({rung.reference})" in shown
    # Who comes is for the visit's own page, and for who may know.
    assert "Ravi Menon" not in shown


def test_opening_one_reads_it_and_leads_to_it(meena, world, rung):
    before = fresh(world)

    answer = meena.post(f"/notices/{latest(world).id}/open")

    assert answer.location == f"/appointments/{rung.id}"
    assert fresh(world) == before - 1


def test_reading_all_twice_reads_what_was_shown(meena, world, rung):
    seen = latest(world)
    new(world, "Diya Nair", 16)

    for _ in range(2):
        meena.post("/notices/read", latest=str(seen.id))

    assert fresh(world) == 1


def test_leads_to_hours_and_conflicts(meena, world):
    make.away(world.kochi, world.rao, local(14), 60)
    ways = {
        each.kind.value: meena.post(f"/notices/{each.id}/open").location
        for each in queries.notices(by=world.meena.actor)[:2]
    }

    assert ways == {
        "hours": "/schedules/kochi/of/rao",
        "conflicts": "/conflicts/kochi?with=rao",
    }
    assert all(meena.get(way).status_code == 200 for way in ways.values())


def test_what_is_mailed_is_chosen_without_script_and_nothing_typed_is_lost(meena):
    refused = meena.post("/notices/mail/", subjects="fills", quiet_from="late")

    assert refused.status_code == 422
    assert "Give a time as hours and minutes" in refused.text
    assert 'value="late"' in refused.text
    kept = meena.post(
        "/notices/mail/", subjects="fills", quiet_from="21:00", quiet_till="07:00"
    )
    shown = meena.get(kept.location).text
    assert "Kept" in shown
    assert 'value="21:00"' in shown
    assert re.findall(r'value="(\w+)"\s+checked', shown)[:1] == ["fills"]
