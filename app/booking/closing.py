"""Token slots closed for a timed booking, and open again when it leaves their time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.availability.views import Origin
from app.booking import claims, events, reach
from app.booking.models import BookingResource, TokenSlot
from app.booking.places import Touched
from app.booking.views import AppointmentView
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db
from app.core.spans import Span

# Buffers reach further than a booking; nobody's is longer than a day.
_ONE_DAY = timedelta(days=1)


def listen() -> None:
    """Hear of timed bookings that leave the time of slots."""
    house.subscribe(events.Changed, left)
    house.subscribe(events.Moved, left)
    house.subscribe(events.Reassigned, left)


def close(touched: Sequence[Touched], *, now: datetime) -> list[int]:
    """
    Close slots, also those without a row, and free their time; give their rows.

    Who is in them stays until they are moved: call `leave` then. The caller holds the
    locks of their resources.
    """
    found = []
    for each in touched:
        from_exception = each.slot.source.origin is Origin.EXCEPTION
        source = each.slot.source.id
        closed = insert(TokenSlot).values(
            facility_id=each.resource.facility_id,
            resource_id=each.resource.id,
            during=each.slot.span,
            capacity=each.slot.tokens,
            availability_id=None if from_exception else source,
            exception_id=source if from_exception else None,
            closed_at=now,
        )
        slot_id = db.session.scalars(
            closed.on_conflict_do_update(
                index_elements=["resource_id", "facility_id", "during"],
                set_={
                    "closed_at": func.coalesce(TokenSlot.closed_at, now),
                    "kept": TokenSlot.taken,
                },
            ).returning(TokenSlot.id)
        ).one()
        claims.release(claims.Owner(token_slot_id=slot_id), for_good=True)
        found.append(slot_id)
    db.session.expire_all()
    return found


def leave(slot_ids: Sequence[int]) -> None:
    """Keep in closed slots only the places of visits that are over."""
    db.session.execute(
        update(TokenSlot)
        .where(TokenSlot.id.in_(slot_ids))
        .values(kept=TokenSlot.taken)
        .execution_options(synchronize_session="fetch")
    )


def left(event: events.Changed | events.Moved | events.Reassigned) -> None:
    """Open the slots again that a booking over slots has left."""
    if event.before.over_slots:
        _reopen(event.before, by=event.by, now=event.now)


def _reopen(told: AppointmentView, *, by: Actor, now: datetime) -> None:
    """Open closed slots that are to come and in whose time nothing stands any more."""
    resources = {each.resource.id: each.resource for each in told.resources}
    near = told.span.widen(_ONE_DAY, _ONE_DAY)
    stands = select(BookingResource.id).where(
        BookingResource.resource_id == TokenSlot.resource_id,
        BookingResource.active,
        # Whatever lies over a slot is at most a day away from it.
        reach.claims(near.widen(_ONE_DAY, _ONE_DAY), BookingResource.claimed),
        BookingResource.claimed.bool_op("&&")(TokenSlot.during),
    )
    opened = db.session.execute(
        update(TokenSlot)
        .where(
            TokenSlot.resource_id.in_(resources),
            TokenSlot.closed_at.is_not(None),
            reach.slots(near),
            func.upper(TokenSlot.during) > now,
            ~stands.exists(),
        )
        .values(closed_at=None, kept=0)
        .returning(
            TokenSlot.resource_id, TokenSlot.id, TokenSlot.during, TokenSlot.taken
        )
        .execution_options(synchronize_session="fetch")
    ).all()
    for resource_id, slot_id, during, taken in opened:
        if taken:
            # Visits that are over still stand in it, so it takes its time again.
            _claim(told, resource_id, slot_id, during, by=by, now=now)


def _claim(
    told: AppointmentView,
    resource_id: int,
    slot_id: int,
    during: Span,
    *,
    by: Actor,
    now: datetime,
) -> None:
    resource = next(e.resource for e in told.resources if e.resource.id == resource_id)
    claim = claims.Claim(resource, during, during)
    claims.take_whole(claim, claims.Owner(token_slot_id=slot_id), by=by, now=now)
