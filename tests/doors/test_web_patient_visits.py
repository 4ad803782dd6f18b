"""The page of a patient lists when they came: arrived, seen, gone, or called off."""

from datetime import timedelta

import pytest

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.queues import service as queues
from tests import factories as make
from tests.doors import people, strict
from tests.doors.statements import statements
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def page_of(world, facility="kochi"):
    return f"/patients/{facility}/{world.asha.public_id}"


def came(page):
    """Give the rows of when they came, each as the words of its cells."""
    table = strict.page(page).find(".//*[@aria-label='When they came, scrolls']")
    return [
        [strict.words(cell) for cell in row] for row in table.findall("table/tbody/tr")
    ]


def arrive(told, minutes=0):
    at = NOW + timedelta(minutes=minutes)
    return queues.check_in(told.id, by=SYSTEM, now=at)[0]


def test_a_visit_is_listed_with_when_it_began_and_ended(meena, world):
    entry = arrive(world.token)
    queues.call(entry.id, by=SYSTEM, now=NOW + timedelta(minutes=5))
    queues.start(entry.id, by=SYSTEM, now=NOW + timedelta(minutes=7))
    queues.complete(entry.id, by=SYSTEM, now=NOW + timedelta(minutes=20))

    page = meena.get(page_of(world))

    assert came(page) == [
        ["Mon 2 Mar, 08:30", "08:37", "08:50", "Dr Vivek Rao", "Kochi", "Done"]
    ]
    assert f'href="/appointments/{world.token.id}"' in page.text


def test_a_check_in_taken_back_is_listed_as_cancelled(meena, world):
    queues.undo(arrive(world.token).id, by=SYSTEM, now=NOW)
    arrive(world.timed, 10)

    rows = came(meena.get(page_of(world)))

    assert [row[-1] for row in rows] == ["Arrived", "Cancelled"]


def test_who_was_never_here_is_said_to_be_so(meena, world):
    assert "They were never checked in" in meena.get(page_of(world)).text


def test_a_visit_elsewhere_is_told_by_the_clocks_there(app, world):
    """Who may see patients of both reads of both; who may not, of their own."""
    doctor = make.resource(world.leeds, name="Dr Ann Lee")
    make.hours(world.leeds)
    make.hours(world.leeds, doctor)
    order = make.timed_order(world.leeds, doctor, world.visit, world.asha, local(15))
    arrive(booking.book_timed(order, by=SYSTEM, now=NOW))

    seen = people.signed_in(app, world.admin).get(page_of(world))

    assert came(seen) == [
        ["Mon 2 Mar, 03:00", "", "", "Dr Ann Lee", "Leeds GMT", "Arrived"]
    ]
    desk = people.signed_in(app, world.meena).get(page_of(world))
    assert "Dr Ann Lee" not in desk.text


def test_many_visits_take_no_more_statements_than_one(meena, world):
    arrive(world.token)
    few = statements(lambda: meena.get(page_of(world)))
    for minute in (30, 60, 90):
        start = local(14) + timedelta(minutes=minute)
        doctor = make.resource(world.kochi)
        make.hours(world.kochi, doctor)
        order = make.timed_order(world.kochi, doctor, world.visit, world.asha, start)
        arrive(booking.book_timed(order, by=SYSTEM, now=NOW), minute)

    page = meena.get(page_of(world))

    assert len(came(page)) == 4
    assert statements(lambda: meena.get(page_of(world))) == few
