"""Reads around a window find the longest of bookings, whichever end of it they meet."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from app.booking import occupancy, reach, service
from app.booking.models import BookingResource, TokenSlot
from app.core.actor import SYSTEM
from app.core.spans import Span
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import NOW, local

DAY = timedelta(days=1)


@pytest.fixture
def room(session):
    place = make.facility()
    theatre = make.resource(place, ResourceKind.LOCATION, buffer_after=120)
    make.hours(place, theatre, make.open_time(time(0), time(0)))
    return place, theatre


@pytest.fixture
def longest(room):
    """A booking of a whole day and a night, cleaned for two hours after it."""
    place, theatre = room
    order = make.timed_order(
        place, theatre, make.kind(), make.patient(), local(12), ends_at=local(12) + DAY
    )
    return service.book_timed(order, by=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    "window",
    [
        pytest.param(lambda b: Span(b.start, b.start + DAY / 24), id="its first hour"),
        pytest.param(lambda b: Span(b.end - DAY / 24, b.end), id="its last hour"),
        pytest.param(lambda b: Span(b.end, b.end + DAY / 24), id="while it is cleaned"),
        pytest.param(lambda b: b.widen(DAY, DAY), id="days around it"),
    ],
)
def test_a_day_finds_what_began_long_before_it(room, longest, window):
    place, theatre = room

    asked = window(longest.span)
    found = occupancy.read(place, {theatre.id: theatre}, asked, now=NOW)

    (claim,) = found.claims[theatre.id]
    assert claim.during == longest.span


def test_what_only_touches_is_not_found(room, longest):
    place, theatre = room
    after = longest.span.end + timedelta(hours=2)

    window = Span(after, after + DAY)
    found = occupancy.read(place, {theatre.id: theatre}, window, now=NOW)

    assert not found.claims[theatre.id]


def test_slots_are_found_by_either_end(session):
    place = make.facility()
    doctor = make.resource(place)
    make.hours(place, doctor, make.opd(time(10), time(12), minutes=120))
    order = make.token_order(place, doctor, make.kind(), make.patient(), local(10))
    service.book_token(order, by=SYSTEM, now=NOW)

    def met(start, end):
        window = Span(local(start), local(end))
        return len(session.scalars(select(TokenSlot).where(reach.slots(window))).all())

    assert [met(9, 11), met(11, 13), met(9, 13), met(9, 10), met(12, 13)] == [
        *(1, 1, 1),
        *(0, 0),
    ]
    touched = Span(local(11), local(13))
    claimed = select(BookingResource).where(reach.claims(touched))
    assert len(session.scalars(claimed).all()) == 1
