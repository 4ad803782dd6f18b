"""Whom leave met that is taken back, and whom other leave meets still."""

from datetime import datetime

from sqlalchemy import select

from app.booking import cascading, ordering, remedying
from app.booking.kinds import Cause, Fate, Policy
from app.booking.models import Appointment, Cascade, CascadeItem
from app.booking.states import MOVABLE
from app.core.actor import Actor
from app.core.db import db


def hand_over(row: Cascade, *, by: Actor, now: datetime) -> None:
    """
    Let other leave of the same resource have whom it meets too: it left them to this.

    Whoever lost their place already was not counted against it when it was made. The
    lock of the resource is held.
    """
    left = [pair for pair in cascading.items(row) if pair[0].fate is Fate.WAITING]
    for other in _others(row):
        known = {booking.id for _, booking in cascading.items(other)}
        met = [
            item
            for item, booking in left
            if booking.id not in known and _lies_in(other, item, booking)
        ]
        db.session.add_all(_of(other, item) for item in met)
        db.session.flush()
        if met:
            remedying.order(other, by=by, now=now)
            ordering.nudge()


def _others(row: Cascade) -> list[Cascade]:
    """Lock what else takes the same resource away at that time."""
    found = (
        select(Cascade)
        .where(
            Cascade.id != row.id,
            Cascade.resource_id == row.resource_id,
            Cascade.facility_id == row.facility_id,
            Cascade.cause == Cause.LEAVE,
            Cascade.during.bool_op("&&")(row.during),
            Cascade.undone_at.is_(None),
        )
        .order_by(Cascade.id)
        .with_for_update()
    )
    return list(db.session.scalars(found))


def _lies_in(other: Cascade, item: CascadeItem, booking: Appointment) -> bool:
    there = (booking.resource_id, booking.during) == (item.was_resource_id, item.was)
    return there and booking.status in MOVABLE and item.was.overlaps(other.during)


def _of(other: Cascade, item: CascadeItem) -> CascadeItem:
    return CascadeItem(
        cascade_id=other.id,
        appointment_id=item.appointment_id,
        resource_id=item.resource_id,
        was_resource_id=item.was_resource_id,
        was=item.was,
        policy=Policy.MOVE,
        fate=Fate.WAITING,
    )
