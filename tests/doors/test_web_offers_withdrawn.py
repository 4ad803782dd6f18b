"""What is held for the waitlist, where somebody is away: told apart from visits."""

from datetime import time

import pytest

from app.booking import service
from app.core.actor import SYSTEM
from tests.doors import people, strict
from tests.doors.people import hidden
from tests.doors.waiters import LIST, listed, wait
from tests.doors.world import MONDAY, NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

DAY = MONDAY.isoformat()


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


@pytest.fixture
def held(world):
    """Hold a place with Dr Rao in the afternoon for Tara."""
    fields = {"resource_id": world.rao.public_id, "earliest": time(15)}
    wait(world, "Tara", **fields)
    service.offer_freed(by=SYSTEM, now=NOW)
    return listed(world)[0].offer.appointment


def away(**more):
    asked = {"with": "rao", "when": "span", "first": DAY, "start": "15:00"}
    return asked | {"end": "17:00", "reason": "Sick", "act": "add"} | more


def words_of(answer):
    return strict.words(strict.page(answer))


def test_a_look_at_leave_tells_it_from_a_visit(admin, held):
    words = words_of(admin.post("/leave/kochi/new", **away(act="look")))

    assert "1 only held for the waitlist: nobody has said yes" in words
    assert "held for the waitlist" in words.split("Why")[1]
    assert "loses its place" not in words


def test_leave_over_it_alone_needs_no_second_look(admin, held):
    made = admin.post("/leave/kochi/new", **away())

    assert made.status_code == 303


def test_leave_shows_it_apart_and_asks_nothing_about_it(admin, world, held):
    looked = admin.post("/leave/kochi/new", **away(start="14:00", act="look"))
    asked = hidden(looked) | away(start="14:00")
    page = admin.get(admin.post("/leave/kochi/new", **asked).headers["Location"])

    words = words_of(page)
    assert "1 to decide" in words
    assert "Held for the waitlist, let go" in words
    assert "Tara" in words.split("Held for the waitlist, let go")[1]
    assert f"to-{held.id}" not in page.text
    assert f'href="{LIST}"' in page.text
    assert "1 of the waitlist let go" in words_of(admin.get("/leave/kochi"))
    assert "Tara" in words_of(admin.get(LIST))


def test_leave_that_meets_no_visit_says_so(admin, held):
    made = admin.post("/leave/kochi/new", **away())

    words = words_of(admin.get(made.headers["Location"]))

    assert "Nothing was booked then. The leave stands." in words
    assert "Held for the waitlist, let go" in words


def test_maintenance_offers_no_choice_about_it(admin, world):
    wait(world, resource_id=world.theatre.public_id, earliest=time(15))
    service.offer_freed(by=SYSTEM, now=NOW)
    held = listed(world)[0].offer.appointment
    asked = {
        "with": "theatre-1",
        "first": DAY,
        "start": "15:00",
        "end": "17:00",
        "reason": "Painting",
        "policy": "around",
        "act": "look",
    }

    page = admin.post("/maintenance/kochi/new", **asked)

    words = words_of(page)
    assert "0 bookings in the way" in words
    assert "1 held for the waitlist: let go" in words
    assert f"for-{held.id}" not in page.text
