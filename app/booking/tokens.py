"""Token slots and token numbers: both count in the database, never in Python."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, func, select, text, update

from app.availability.views import OfferedSlot, Origin
from app.booking import claims
from app.booking.errors import NotOfferedError, SlotFullError
from app.booking.models import (
    Appointment,
    Participant,
    Token,
    TokenSeries,
    TokenSlot,
)
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import SpanType, db
from app.core.errors import DomainError
from app.core.spans import Span, local_date
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


def take_place(
    resource: ResourceView,
    offered: OfferedSlot,
    *,
    by: Actor,
    now: datetime,
    extra: int = 0,
) -> int:
    """
    Take one place in a slot and give the slot's row number.

    The row is made with its first place, and then claims the whole resource. `extra`
    places beyond the tokens are marked as the slot's allowance; below 0, so many
    tokens are kept for others.

    :raises NotOfferedError: if the slot is closed
    :raises SlotFullError: if every place is taken
    :raises SlotTakenError: if a timed booking took the slot's time
    """
    taken = _COUNT_ONE.send(counting(resource, offered, extra)).one_or_none()
    if taken is None:
        raise refusal(resource, offered, kept=max(0, -extra))
    if taken.taken == 1:
        claim_whole(resource, offered, taken.id, by=by, now=now)
    return int(taken.id)


def claim_whole(
    resource: ResourceView,
    offered: OfferedSlot,
    slot_id: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Claim the whole of a resource for a slot that has its first place taken.

    :raises SlotTakenError: if a timed booking took the slot's time
    """
    claims.take_whole(
        claims.Claim(resource, offered.span, offered.span),
        claims.Owner(token_slot_id=slot_id),
        by=by,
        now=now,
    )


def counting(
    resource: ResourceView, offered: OfferedSlot, extra: int
) -> dict[str, Any]:
    """Give what `COUNTED` is of: a slot, with so many places beyond its tokens."""
    from_exception = offered.source.origin is Origin.EXCEPTION
    return {
        "resource": resource.id,
        "facility": resource.facility_id,
        "span": offered.span,
        "tokens": offered.tokens,
        "most": offered.tokens + extra,
        "availability": None if from_exception else offered.source.id,
        "exception": offered.source.id if from_exception else None,
    }


# Counts one more in a slot, whose row is made with its first; nothing if it is full or
# closed.
COUNTED = """
INSERT INTO token_slots (resource_id, facility_id, during, capacity, allowance, taken,
                         kept, availability_id, exception_id)
SELECT :resource, :facility, :span, :tokens, 0, 1, 0, :availability, :exception
WHERE :most >= 1
ON CONFLICT (resource_id, facility_id, during) DO UPDATE
SET taken = token_slots.taken + 1, capacity = :tokens,
    allowance = greatest(token_slots.taken + 1 - :tokens, 0)
WHERE token_slots.closed_at IS NULL AND token_slots.taken < :most
RETURNING id, taken
"""
SPAN = bindparam("span", type_=SpanType)
_COUNT_ONE = Constant(text(COUNTED).bindparams(SPAN))


def refusal(
    resource: ResourceView, offered: OfferedSlot, *, kept: int = 0
) -> DomainError:
    """Say whether the slot is closed, or full but for those `kept` for walk-ins."""
    closed = db.session.scalar(
        select(TokenSlot.closed_at).where(
            TokenSlot.resource_id == resource.id,
            TokenSlot.facility_id == resource.facility_id,
            TokenSlot.during == offered.span,
        )
    )
    if closed is None:
        return SlotFullError(
            field="starts_at", span=offered.span, tokens=offered.tokens, kept=kept
        )
    return _closed(resource, offered.span)


def must_be_open(resource: ResourceView, slot_id: int) -> None:
    """
    Refuse who would stand again in a slot whose time a timed booking has by now.

    :raises NotOfferedError: if the slot is closed
    """
    slot = db.session.get_one(TokenSlot, slot_id)
    if slot.closed_at is not None:
        raise _closed(resource, slot.during)


def _closed(resource: ResourceView, span: Span) -> NotOfferedError:
    return NotOfferedError(
        field="starts_at", reason="closed", resource=resource.name, span=span
    )


def give_place_back(slot_id: int) -> None:
    """Give one place back; an empty slot leaves its time to others."""
    left = db.session.scalar(
        update(TokenSlot)
        .where(TokenSlot.id == slot_id)
        .values(
            taken=TokenSlot.taken - 1,
            allowance=func.least(
                TokenSlot.allowance,
                func.greatest(TokenSlot.taken - 1 - TokenSlot.capacity, 0),
            ),
        )
        .returning(TokenSlot.taken)
        .execution_options(synchronize_session=False)
    )
    if left == 0:
        claims.release(claims.Owner(token_slot_id=slot_id), for_good=True)


class Drawn(Struct, frozen=True):
    """A number given out: its row, and as people see it."""

    id: int
    label: str


def draw(resource: ResourceView, day: date) -> Drawn:
    """
    Draw the next number of a resource's day.

    Rivals queue on the series' row; a number drawn in a transaction that ends badly is
    drawn again, a number given is never given twice.
    """
    token_id, number, prefix = db.session.execute(
        _DRAW,
        {
            "facility": resource.facility_id,
            "resource": resource.id,
            "day": day,
            "prefix": resource.token_prefix or "",
        },
    ).one()
    return Drawn(token_id, label(prefix, number))


_DRAW = text(
    """
WITH series AS (
  INSERT INTO token_series (facility_id, resource_id, day, prefix, last)
  VALUES (:facility, :resource, :day, :prefix, 1)
  ON CONFLICT (facility_id, resource_id, day)
  DO UPDATE SET last = token_series.last + 1
  RETURNING id, last, prefix
)
INSERT INTO tokens (series_id, number) SELECT id, last FROM series
RETURNING id, number, (SELECT prefix FROM series)
"""
)


def give_numbers(
    booking: Appointment,
    resource: ResourceView,
    facility: FacilityView,
    *,
    anew: bool = False,
) -> None:
    """
    Give each participant of a token appointment a number of its resource's day.

    Who has one of that day keeps it, unless all are drawn `anew`; nobody else ever gets
    the one left behind.
    """
    if booking.token_slot_id is None:
        return
    day = local_date(booking.during.start, facility.zone)
    people = db.session.execute(
        select(Participant, TokenSeries)
        .outerjoin(Token, Token.id == Participant.token_id)
        .outerjoin(TokenSeries, TokenSeries.id == Token.series_id)
        .where(Participant.appointment_id == booking.id)
        .order_by(Participant.id)
    ).all()
    for participant, series in people:
        here = (resource.facility_id, resource.id, day)
        if (
            anew
            or series is None
            or (series.facility_id, series.resource_id, series.day) != (here)
        ):
            participant.token_id = draw(resource, day).id
    db.session.flush()


def draw_at_arrival(
    resource: ResourceView, facility: FacilityView, *, by: Actor, now: datetime
) -> Drawn:
    """Draw a number of the day for who arrives for a time, to be called by."""
    directory.ensure_prefix(resource, by=by, now=now)
    here = directory.resource(resource.public_id, resource.facility_id)
    return draw(here, local_date(now, facility.zone))


def label(prefix: str, number: int) -> str:
    """Write a token as people see it: A-07."""
    return f"{prefix}-{number:02d}" if prefix else f"{number:02d}"
