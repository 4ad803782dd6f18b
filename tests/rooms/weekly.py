"""Hours of a week in a line, and what is booked and listed in them."""

from datetime import time

from app.availability import service
from app.availability.kinds import Offered
from app.availability.views import NewException, NewSession
from app.booking import queries as booking_queries
from app.booking import service as booking
from app.core.actor import SYSTEM
from tests import factories as make
from tests.factories import MONDAY, NOW


def on(day, start=9, end=12, **fields):
    return NewSession(Offered.OPEN, (day,), time(start), time(end), **fields)


def tokens(day, start=9, end=12, minutes=30, number=3, **fields):
    clock = time(start), time(end)
    return NewSession(Offered.TOKENS, (day,), *clock, minutes, number, **fields)


def token(place, of, why, at):
    order = make.token_order(place, of, why, make.patient(), at)
    return booking.book_token(order, by=SYSTEM, now=NOW)


def timed(place, of, why, at, **fields):
    order = make.timed_order(place, of, why, make.patient(), at, **fields)
    return booking.book_timed(order, by=SYSTEM, now=NOW)


def added(place, of, start, minutes=60, by=SYSTEM, **fields):
    order = NewException(
        place.public_id,
        of.public_id if of else None,
        **{"is_available": True, "during": make.span(start, minutes)} | fields,
    )
    return service.add_exception(order, by=by, now=NOW)


def listed(place, of, day=MONDAY, **fields):
    return booking_queries.slots(
        place.public_id, of.public_id, day, by=SYSTEM, now=NOW, **fields
    )


def starts(place, of, day=MONDAY):
    found = listed(place, of, day)
    return [
        each.astimezone(place.zone).time()
        for each in (
            *(slot.span.start for slot in found.slots),
            *(span.start for span in found.open),
        )
    ]
