"""Booked minutes inside available minutes, by every way to look at them."""

from contextlib import contextmanager
from datetime import time, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import event

from app.availability import service as availability
from app.availability.views import NewMaintenance
from app.booking import resource_queries, service
from app.booking.views import Override
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.spans import Span
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import MONDAY, NOW, local

DAY = Span(local(0), local(0) + timedelta(days=1))
MOST_STATEMENTS = 6


@contextmanager
def counting():
    told = []

    def tell(_connection, _cursor, statement, *_):
        told.append(statement)

    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", tell)
    try:
        yield told
    finally:
        event.remove(connection, "before_cursor_execute", tell)


@pytest.fixture
def place(session):
    found = make.facility()
    make.hours(found)
    return found


def book(place, what, visit, at, **fields):
    order = make.timed_order(place, what, visit, None, at)
    return service.book_timed(replace(order, **fields), by=SYSTEM, now=NOW)


def measured(place, window=DAY):
    return resource_queries.measured(place.public_id, window, by=SYSTEM)


def test_counts_what_is_booked_of_what_is_offered(place):
    room = make.resource(place, ResourceKind.ROOM, capacity=2)
    visit = make.kind(minutes=60)
    book(place, room, visit, local(9, 30))
    book(place, room, visit, local(9, 30))
    gone = book(place, room, visit, local(11))
    service.cancel(gone.id, "ill", by=SYSTEM, now=NOW)

    found = measured(place)

    tally = found.resources[room]
    assert (tally.available, tally.booked) == (2 * 8 * 60, 120)
    assert tally.share == 0.125
    assert found.kinds["room"] == tally
    assert found.days[MONDAY] == tally
    assert {hour: found.hours[hour].booked for hour in (9, 10, 11)} == {
        9: 60,
        10: 60,
        11: 0,
    }


def test_shows_maintenance_and_overrides_apart(place):
    room, visit = make.resource(place, ResourceKind.ROOM), make.kind(minutes=60)
    book(place, room, visit, local(9))
    book(place, room, visit, local(9), double_book=Override("twins"))
    order = NewMaintenance(place.public_id, room.public_id, make.span(local(15), 120))
    availability.add_maintenance(order, by=SYSTEM, now=NOW)

    tally = measured(place).resources[room]

    assert (tally.available, tally.booked) == (6 * 60, 60)
    assert (tally.maintenance, tally.overridden) == (120, 60)


def test_a_token_slot_counts_by_the_share_of_its_tokens(place):
    rao, visit = make.resource(place, token_prefix="A"), make.kind()
    make.hours(place, rao, make.opd(tokens=4))
    order = make.token_order(place, rao, visit, make.patient(), local(10))
    service.book_token(order, by=SYSTEM, now=NOW)

    tally = measured(place).resources[rao]

    assert (tally.available, tally.booked) == (120, 7.5)


def test_of_a_booking_only_what_lies_inside_the_hours_counts(place):
    room = make.resource(place, ResourceKind.ROOM)
    before = MONDAY - timedelta(days=7)
    make.hours(place, room, make.open_time(time(9), time(17)), valid_from=before)
    book(place, room, make.kind(minutes=60), local(9, 30))

    make.hours(place, room, make.open_time(time(9), time(10)))

    tally = measured(place).resources[room]
    assert (tally.available, tally.booked) == (60, 30)


def test_fifty_resources_over_a_month_cost_few_statements(place):
    ward = directory.add_department(place, "Ward", by=SYSTEM, now=NOW)
    visit = make.kind()
    for _ in range(50):
        room = make.resource(place, ResourceKind.ROOM, department_id=ward.id)
        book(place, room, visit, local(9))
    db.session.expire_all()

    with counting() as statements:
        found = measured(place, Span(local(0), local(0) + timedelta(days=31)))

    assert len(statements) <= MOST_STATEMENTS, statements
    assert found.departments["Ward"].booked == 50 * 30
    assert found.departments["Ward"].available == 50 * 31 * 8 * 60
