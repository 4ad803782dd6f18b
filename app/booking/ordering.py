"""Work ordered on bookings that leave or maintenance meets; it is done elsewhere."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, select

from app.booking.kinds import Task
from app.booking.models import Appointment, Cascade, CascadeItem, CascadeOrder
from app.booking.views import WorkView
from app.core.actor import Actor, ActorKind
from app.core.db import after_commit, db, transaction

_nudges: list[Callable[[], None]] = []


class Due(Struct, frozen=True):
    """Work on one booking that was ordered and is not done."""

    cascade: UUID
    appointment: UUID
    order_id: int
    task: Task


def nudge_with(act: Callable[[], None]) -> None:
    """Let this wake whoever does what is left; at composition."""
    _nudges[:] = [act]


def nudge() -> None:
    """Wake whoever does what is left; a sweep finds what nobody woke."""
    with transaction():
        for act in _nudges:
            after_commit(act)


def make(
    row: Cascade,
    task: Task,
    wanted: Mapping[int, UUID | None],
    *,
    by: Actor,
    now: datetime,
) -> CascadeOrder:
    """
    Order work on items of a locked cascade, each with the proposal chosen for it.

    What was ordered for these before is not done any more.
    """
    order = CascadeOrder(
        cascade_id=row.id,
        task=task,
        made_by=asdict(by),
        made_at=now,
        number=len(wanted),
        came=0,
    )
    db.session.add(order)
    db.session.flush()
    for item in _items(wanted):
        item.order_id, item.chosen = order.id, wanted[item.id]
    db.session.flush()
    return order


def actor(order: CascadeOrder) -> Actor:
    """Give whoever ordered it: what they may not do any more is refused to them."""
    return Actor(**order.made_by | {"kind": ActorKind(order.made_by["kind"])})


def due(cascade: UUID | None = None) -> list[Due]:
    """Give what is ordered and not done, of one cascade or of all, the oldest first."""
    found = (
        select(
            Cascade.public_id,
            Appointment.public_id,
            CascadeOrder.id,
            CascadeOrder.task,
        )
        .join(CascadeItem, CascadeItem.order_id == CascadeOrder.id)
        .join(Cascade, Cascade.id == CascadeItem.cascade_id)
        .join(Appointment, Appointment.id == CascadeItem.appointment_id)
        .order_by(CascadeOrder.id, CascadeItem.was, CascadeItem.id)
    )
    if cascade is not None:
        found = found.where(Cascade.public_id == cascade)
    return [Due(*each) for each in db.session.execute(found)]


def left(order: CascadeOrder) -> int:
    """Count the bookings of an order that are not done."""
    found = select(func.count()).where(CascadeItem.order_id == order.id)
    return db.session.scalars(found).one()


def work(cascade_ids: Iterable[int]) -> dict[int, tuple[WorkView, ...]]:
    """Tell what is under way on each cascade, the oldest first, in one statement."""
    left = func.count().label("left")
    found = (
        select(CascadeOrder.cascade_id, CascadeOrder.task, CascadeOrder.number, left)
        .join(CascadeItem, CascadeItem.order_id == CascadeOrder.id)
        .where(CascadeOrder.cascade_id.in_(list(cascade_ids)))
        .group_by(CascadeOrder.id)
        .order_by(CascadeOrder.id)
    )
    told: dict[int, tuple[WorkView, ...]] = defaultdict(tuple)
    for row in db.session.execute(found):
        told[row.cascade_id] += (WorkView(row.task, row.number, row.left),)
    return told


def tasks(items: Iterable[CascadeItem]) -> dict[int, Task]:
    """Tell which task each order is about that items wait for."""
    wanted = {each.order_id for each in items if each.order_id is not None}
    if not wanted:
        return {}
    found = select(CascadeOrder.id, CascadeOrder.task)
    rows = db.session.execute(found.where(CascadeOrder.id.in_(wanted)))
    return {row.id: row.task for row in rows}


def _items(wanted: Mapping[int, UUID | None]) -> Sequence[CascadeItem]:
    found = select(CascadeItem).where(CascadeItem.id.in_(wanted))
    return db.session.scalars(found.order_by(CascadeItem.id)).all()
