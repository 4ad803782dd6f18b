"""
Where one stands: their place and wait, from the few columns that they hang on.

Who is told of one person needs nothing else of the others: a row of each as the driver
reads it, in no order, and no object of any.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, or_, select

from app.core.constant import Constant
from app.queues import order, versions, waits
from app.queues.kinds import EntryIs
from app.queues.models import Encounter, Queue, QueueEntry
from app.queues.waits import Ahead, Wait

Place = tuple[int, Wait]


def of(entry: QueueEntry, queue: Queue, *, now: datetime) -> Place | None:
    """
    Give the place, from 1, and the wait of somebody, if they wait.

    Who has no row yet stands behind all who are equal to them.
    """
    if entry.state is not EntryIs.WAITING:
        return None
    number = entry.id or _LAST
    key = (entry.tier, order.due(entry, now), entry.arrived_at, number)
    rows = _AROUND.send({"queue_id": queue.id, "now": now}).all()
    inside = [row for row in rows if row.state != EntryIs.WAITING]
    before = [
        row
        for row in rows
        if row.state == EntryIs.WAITING
        and (row.tier, row.due_at, row.arrived_at, row.id) < key
    ]
    rooms = max(1, len({row.counter_id for row in inside}))
    late = 0 if inside else queue.late_minutes
    ahead = [_ahead(row, queue, now) for row in (*inside, *before)]
    return len(before) + 1, waits.estimate(ahead, rooms=rooms, late_minutes=late)


def _ahead(row: Row[*tuple[Any, ...]], queue: Queue, now: datetime) -> Ahead:
    since = row.in_room_since
    seconds = None if since is None else (now - since).total_seconds()
    return Ahead(waits.pace(queue.paces, row.type_id, row.usual_minutes), seconds)


# More than any row's number.
_LAST = 2**63
_, _DUE, *_ = order.by(versions.NOW)
_AROUND = Constant(
    select(
        QueueEntry.id,
        QueueEntry.state,
        QueueEntry.tier,
        _DUE.label("due_at"),
        QueueEntry.arrived_at,
        QueueEntry.counter_id,
        QueueEntry.in_room_since,
        QueueEntry.usual_minutes,
        Encounter.type_id,
    )
    .join(Encounter, Encounter.id == QueueEntry.encounter_id)
    .where(
        QueueEntry.queue_id == bindparam("queue_id"),
        or_(
            QueueEntry.state == EntryIs.WAITING,
            QueueEntry.state == EntryIs.CALLED,
            QueueEntry.state == EntryIs.IN_ROOM,
        ),
    )
)
