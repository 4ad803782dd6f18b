"""Token slots and token numbers: both count in the database, never in Python."""

from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.availability.views import OfferedSlot, Origin
from app.booking import claims
from app.booking.errors import SlotFullError
from app.booking.models import Token, TokenSeries, TokenSlot
from app.core.actor import Actor
from app.core.db import db
from app.directory.views import ResourceView


def take_place(
    resource: ResourceView, offered: OfferedSlot, *, by: Actor, now: datetime
) -> int:
    """
    Take one place in a slot and give the slot's row number.

    The row is made with its first place, and then claims the whole resource.

    :raises SlotFullError: if every place is taken
    :raises SlotTakenError: if a timed booking took the slot's time
    """
    slot_id = _slot(resource, offered)
    taken = db.session.scalar(
        update(TokenSlot)
        .where(
            TokenSlot.id == slot_id,
            TokenSlot.taken < offered.tokens + TokenSlot.allowance,
        )
        .values(taken=TokenSlot.taken + 1, capacity=offered.tokens)
        .returning(TokenSlot.taken)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise SlotFullError(span=offered.span, tokens=offered.tokens)
    if taken == 1:
        claims.take_whole(
            claims.Claim(resource, offered.span, buffers=False),
            claims.Owner(token_slot_id=slot_id),
            by=by,
            now=now,
        )
    return slot_id


def give_place_back(slot_id: int) -> None:
    """Give one place back; an empty slot leaves its time to others."""
    left = db.session.scalar(
        update(TokenSlot)
        .where(TokenSlot.id == slot_id)
        .values(taken=TokenSlot.taken - 1)
        .returning(TokenSlot.taken)
        .execution_options(synchronize_session=False)
    )
    if left == 0:
        claims.release(claims.Owner(token_slot_id=slot_id), for_good=True)


def draw(resource: ResourceView, day: date) -> int:
    """
    Draw the next number of a resource's day and give the token's row number.

    Rivals queue on the series' row; a number drawn in a transaction that ends badly is
    drawn again, a number given is never given twice.
    """
    series = (
        upsert(TokenSeries)
        .values(
            facility_id=resource.facility_id,
            resource_id=resource.id,
            day=day,
            prefix=resource.token_prefix or "",
            last=1,
        )
        .on_conflict_do_update(
            index_elements=["facility_id", "resource_id", "day"],
            set_={"last": TokenSeries.last + 1},
        )
        .returning(TokenSeries.id, TokenSeries.last)
    )
    series_id, number = db.session.execute(series).one()
    drawn = insert(Token).values(series_id=series_id, number=number)
    return db.session.scalars(drawn.returning(Token.id)).one()


def same_series(token_id: int, resource: ResourceView, day: date) -> bool:
    """Say whether a token counts in that resource's numbers of that day."""
    found = db.session.scalar(
        select(TokenSeries.id)
        .join(Token, Token.series_id == TokenSeries.id)
        .where(
            Token.id == token_id,
            TokenSeries.facility_id == resource.facility_id,
            TokenSeries.resource_id == resource.id,
            TokenSeries.day == day,
        )
    )
    return found is not None


def label(prefix: str, number: int) -> str:
    """Write a token as people see it: A-07."""
    return f"{prefix}-{number:02d}" if prefix else f"{number:02d}"


def _slot(resource: ResourceView, offered: OfferedSlot) -> int:
    """Get the slot's row, or make it."""
    key = {
        "resource_id": resource.id,
        "facility_id": resource.facility_id,
        "during": offered.span,
    }
    found = select(TokenSlot.id).filter_by(**key)
    slot_id: int | None = db.session.scalar(found)
    if slot_id is not None:
        return slot_id
    from_exception = offered.source.origin is Origin.EXCEPTION
    made = (
        upsert(TokenSlot)
        .values(
            **key,
            capacity=offered.tokens,
            availability_id=None if from_exception else offered.source.id,
            exception_id=offered.source.id if from_exception else None,
        )
        .on_conflict_do_nothing()
        .returning(TokenSlot.id)
    )
    return db.session.scalar(made) or db.session.scalars(found).one()
