"""Doing what was ordered on leave over bookings, one booking after another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.availability import internal as availability
from app.booking import (
    assignment,
    cascading,
    guard,
    handing_over,
    offering,
    ordering,
    remedying,
    rows,
    steps,
    unplaced,
)
from app.booking.kinds import Cause, Fate, ProposalIs, Task
from app.booking.models import Appointment, Cascade, CascadeItem, CascadeOrder
from app.booking.ordering import Due
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import BusyError
from app.directory import internal as directory

# What whoever ordered it waits for; the rest is done while they look on.
AT_ONCE = 12


def order(
    row: Cascade,
    task: Task,
    wanted: Mapping[int, UUID | None],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Order work on items of a locked cascade; what was ordered before is dropped."""
    dropped = db.session.scalars(
        select(CascadeOrder)
        .join(CascadeItem, CascadeItem.order_id == CascadeOrder.id)
        .where(CascadeItem.id.in_(wanted))
        .distinct()
    ).all()
    made = ordering.make(row, task, wanted, by=by, now=now)
    for each in (*dropped, made):
        if not ordering.left(each):
            _end(row, each, now=now)


def go_on(cascade: UUID, *, now: datetime) -> None:
    """Do as much of what is ordered as somebody can wait for, and leave the rest."""
    found = ordering.due(cascade)
    for each in found[:AT_ONCE]:
        step(each, now=now)
    if len(found) > AT_ONCE or ordering.due(cascade):
        ordering.nudge()


def step(due: Due, *, now: datetime) -> bool:
    """
    Do what is ordered for one booking; say whether it is done.

    Who is busy at this moment is left for another time. What was done by somebody else
    meanwhile, or ordered otherwise, is not done again.
    """
    try:
        return _step(due, _keys(due), now=now)
    except BusyError:
        return False


def _step(due: Due, keys: Sequence[str], *, now: datetime) -> bool:
    by = ordering.actor(db.session.get_one(CascadeOrder, due.order_id))
    with guard.acting(keys, due.appointment, by=by, now=now):
        row = cascading.locked(due.cascade)
        item = remedying.item_of(row, due.appointment)
        if item is None or item.order_id != due.order_id:
            return False
        with offering.at_the_end(by=by, now=now):
            came = _do(due, row, item, keys, by=by, now=now)
        done = db.session.get_one(CascadeOrder, due.order_id)
        done.came += came
        item.order_id = item.chosen = None
        db.session.flush()
        if not ordering.left(done):
            _end(row, done, now=now)
    return True


def _do(
    due: Due,
    row: Cascade,
    item: CascadeItem,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Do one step, and count what came of it."""
    if due.task is Task.HOLD:
        return remedying.hold(row, item, due.appointment, keys, by=by, now=now)
    before = item.fate
    if due.task is Task.GIVE_BACK:
        remedying.let_go(cascading.proposals([item.id], ProposalIs.OPEN), now=now)
        if before is Fate.MOVED:
            steps.go_back(row, item, due.appointment, keys, by=by, now=now)
        elif before is Fate.LISTED:
            unplaced.come_back(row, item, due.appointment, keys, by=by, now=now)
    elif before is Fate.WAITING and row.undone_at is None:
        if due.task is Task.TAKE:
            steps.take(item, due.appointment, keys, by=by, now=now)
        else:
            unplaced.enlist(row, item, due.appointment, keys, by=by, now=now)
    return int(item.fate is not before)


def _keys(due: Due) -> list[str]:
    """Name the locks of all that a step may touch."""
    if due.task is Task.HOLD:
        return remedying.keys_to_hold(due.cascade, due.appointment)
    keys = [
        cascading.key(due.cascade),
        *rows.lock_keys(due.appointment),
        *assignment.keys_for(due.appointment),
    ]
    item, row = db.session.execute(
        select(CascadeItem, Cascade)
        .join(Cascade, Cascade.id == CascadeItem.cascade_id)
        .join(Appointment, Appointment.id == CascadeItem.appointment_id)
        .where(Cascade.public_id == due.cascade)
        .where(Appointment.public_id == due.appointment)
    ).one()
    for _, hold in cascading.proposals([item.id]):
        keys += rows.lock_keys(hold.public_id)
    was = {row.resource_id, item.was_resource_id}
    return [*keys, *guard.keys_of(directory.public_ids(was))]


def _end(row: Cascade, order: CascadeOrder, *, now: datetime) -> None:
    """Write down what came of an order whose last booking is done."""
    by = ordering.actor(order)
    if order.task is Task.GIVE_BACK:
        if row.cause is Cause.LEAVE:
            availability.back_on_duty(row.sources, by=by, now=now)
            handing_over.hand_over(row, by=by, now=now)
        else:
            availability.back_in_service(row.sources, by=by, now=now)
        codes = [i.code for i, _ in cascading.items(row) if i.fate in _ELSEWHERE]
        cascading.line("undone", row, by=by, now=now, returned=order.came, stay=codes)
    elif order.task is Task.TAKE:
        number = order.number
        cascading.line("applied", row, by=by, now=now, moved=order.came, of=number)
    elif order.came:
        what, count = _LINES[order.task]
        cascading.line(what, row, by=by, now=now, **{count: order.came})


_ELSEWHERE = frozenset({Fate.MOVED, Fate.LISTED})
_LINES = {Task.HOLD: ("proposed", "held"), Task.LIST: ("listed", "listed")}
