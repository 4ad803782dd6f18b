"""
Reads around a window that stay as quick after years of bookings.

`&&` alone makes the database look at everything there ever was of a resource. A claim,
a booking and a token slot are each indexed by where they begin, and none is long.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import InstrumentedAttribute

from app.booking.models import Appointment, BookingResource, TokenSlot
from app.core.spans import Span

# No part of a booking and no token slot is longer than a day; buffers are hours.
REACH = timedelta(days=3)


def claims(
    window: Span, part: InstrumentedAttribute[Span] = BookingResource.during
) -> ColumnElement[bool]:
    """Say that a claim meets a window: its own time, or `claimed` with its buffers."""
    return and_(
        _begins_near(BookingResource.during, window), part.bool_op("&&")(window)
    )


def bookings(window: Span) -> ColumnElement[bool]:
    """Say that the span of a booking meets a window."""
    during = Appointment.during
    return and_(_begins_near(during, window), during.bool_op("&&")(window))


def slots(window: Span) -> ColumnElement[bool]:
    """Say that a token slot meets a window."""
    first = func.tstzrange(window.start - REACH, window.start)
    last = func.tstzrange(window.end, None)
    during = TokenSlot.during
    # Ranges are ordered by where they begin: so is the index of slots.
    return and_(during >= first, during < last, during.bool_op("&&")(window))


def _begins_near(
    during: InstrumentedAttribute[Span], window: Span
) -> ColumnElement[bool]:
    start = func.lower(during)
    return start.between(window.start - REACH, window.end + REACH)
