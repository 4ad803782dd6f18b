"""Holidays and the facility's own hours under rivals: nobody booked is overlooked."""

from datetime import timedelta

import pytest

from app.availability import service as hours
from app.availability.views import NewException
from app.booking import conflicts, queries, resource_queries, service
from app.booking.kinds import Outcome
from app.core.actor import SYSTEM
from app.core.spans import day_span
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.racing import race

pytestmark = [pytest.mark.timeout(120)]

DAY = timedelta(days=1)


def timed(place, of, why, at):
    order = make.timed_order(place, of, why, make.patient(), at)
    return lambda: service.book_timed(order, by=SYSTEM, now=NOW)


def holiday(place):
    order = NewException(
        place.public_id,
        None,
        is_available=False,
        during=day_span(MONDAY, place.zone),
        reason="Holi",
    )
    return lambda: hours.add_exception(order, by=SYSTEM, now=NOW)


def fewer_hours(place):
    order = make.schedule_order(
        place, None, make.open_time(make.time(18), make.time(19)), valid_from=MONDAY
    )
    return lambda: hours.set_schedule(order, by=SYSTEM, now=NOW)


@pytest.mark.parametrize("change", [holiday, fewer_hours])
def test_nobody_who_books_meanwhile_is_overlooked(hospital, change):
    place, why = make.facility(), make.kind()
    make.hours(place, valid_from=MONDAY - DAY)
    rooms = [make.resource(place, ResourceKind.ROOM) for _ in range(4)]
    rivals = [
        timed(place, room, why, local(9 + hour)) for room in rooms for hour in range(6)
    ]

    # Rivals on both sides of the change, so that it comes among them.
    outcomes = race(hospital, [*rivals[::2], change(place), *rivals[1::2]])

    refused = {each for each in outcomes if isinstance(each, str)}
    assert refused <= {"not_offered"}
    listed = resource_queries.conflicts(
        place.public_id, by=SYSTEM, status=Outcome.UNRESOLVED
    )
    there = queries.appointments(place, day_span(MONDAY, place.zone), by=SYSTEM)
    assert {each.first.id for each in listed} == {each.id for each in there}
    assert conflicts.sweep(now=NOW) == 0
