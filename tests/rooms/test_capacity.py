"""A place for n is refused exactly when some moment of it is full."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from app.booking import conflicts, service
from app.booking.errors import SlotTakenError
from app.booking.models import BookingResource
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.spans import Span
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import NOW, local

STEPS = 70


def full(taken, wanted, capacity):
    """Ask a plain model: walk the minutes."""
    moments = [wanted.start + timedelta(minutes=n) for n in range(wanted.minutes)]
    return any(sum(t.holds(moment) for t in taken) >= capacity for moment in moments)


@pytest.mark.parametrize(("seed", "capacity"), [(1, 1), (2, 2), (3, 3)])
def test_random_bookings_moves_and_cancels(session, seed, capacity):
    place, visit = make.facility(), make.kind()
    make.hours(place)
    ward = make.resource(place, ResourceKind.ROOM, capacity=capacity)
    chance, model = Random(seed), {}
    refused = 0

    for _ in range(STEPS):
        start = local(9) + timedelta(minutes=5 * chance.randrange(36))
        wanted = Span(start, start + timedelta(minutes=5 * chance.randrange(3, 12)))
        act = chance.random()
        known = chance.choice(sorted(model)) if model else None
        if known is not None and act < 0.2:
            service.cancel(known, "random", by=SYSTEM, now=NOW)
            del model[known]
            continue
        moves = known is not None and act < 0.5
        others = [span for key, span in model.items() if not moves or key != known]
        try:
            if moves:
                to = NewPlace(wanted.start, wanted.end)
                told = service.move(known, to, by=SYSTEM, now=NOW)
            else:
                order = make.timed_order(
                    place, ward, visit, None, wanted.start, ends_at=wanted.end
                )
                told = service.book_timed(order, by=SYSTEM, now=NOW)
        except SlotTakenError:
            assert full(others, wanted, capacity)
            refused += 1
        else:
            assert not full(others, wanted, capacity)
            model[told.id] = wanted

    kept = select(BookingResource.during).where(BookingResource.active)
    assert sorted(db.session.scalars(kept)) == sorted(model.values())
    assert refused
    assert conflicts.sweep(now=NOW) == 0
