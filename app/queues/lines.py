"""Queues and who is in them, as rows: found, locked, put in order, changed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.views import Scope
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db, table
from app.core.errors import BusyError, NotFoundError
from app.core.holding import hold_all
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView
from app.queues import levels, nearing, waits
from app.queues.events import QueueChanged
from app.queues.models import Queue, QueueEntry
from app.queues.scoring.facts import Arrival, Part, Score


class Ground(Struct, frozen=True):
    """A queue whose lock is held, and where it is."""

    queue: Queue
    facility: FacilityView
    resource: ResourceView

    @property
    def scope(self) -> Scope:
        return scope(self.facility, self.resource)


def scope(facility: FacilityView, resource: ResourceView) -> Scope:
    """Say where an act on a queue happens."""
    return Scope(facility.id, frozenset({resource.thing}))


def _lock_key(facility_id: int, resource_id: int, day: date) -> str:
    return f"queue:{facility_id}:{resource_id}:{day}"


def opened(facility_id: int, resource_id: int, day: date) -> Queue:
    """Give the queue of a resource on a day; it is made when first asked for."""
    of_day = {"facility": facility_id, "resource": resource_id, "day": day}
    queue = db.session.scalar(_OF_DAY, of_day)
    if queue is None:
        db.session.execute(
            insert(Queue)
            .values(
                public_id=uuid4(),
                facility_id=facility_id,
                resource_id=resource_id,
                day=day,
                paces=waits.observe(resource_id),
            )
            .on_conflict_do_nothing()
        )
        queue = db.session.scalars(_OF_DAY, of_day).one()
    return queue


# Made once: to make a statement costs more than to ask it.
_THAT_DAY = (
    Queue.facility_id == bindparam("facility"),
    Queue.resource_id == bindparam("resource"),
    Queue.day == bindparam("day"),
)
_OF_DAY = select(Queue).where(*_THAT_DAY)
ROW_OF_DAY = select(*table(Queue).c).where(*_THAT_DAY)
_NAMED = select(Queue).where(Queue.public_id == bindparam("public_id"))


def named(public_id: UUID) -> Queue:
    """
    Give a queue.

    :raises NotFoundError: if there is no such queue
    """
    queue = db.session.scalar(_NAMED, {"public_id": public_id})
    if queue is None:
        raise NotFoundError("queue", field="queue_id")
    return queue


def entry_named(public_id: UUID) -> QueueEntry:
    """
    Give somebody in a queue.

    :raises NotFoundError: if there is nobody of that id
    """
    entry = db.session.scalar(
        select(QueueEntry).where(QueueEntry.public_id == public_id)
    )
    if entry is None:
        raise NotFoundError("queue_entry", field="entry_id")
    return entry


def at(public_id: UUID) -> Ground:
    """
    Give a queue and where it is, in one statement.

    :raises NotFoundError: if there is no such queue
    """
    row = db.session.execute(_AT, {"public_id": public_id}).one_or_none()
    if row is None:
        raise NotFoundError("queue", field="queue_id")
    return Ground(row[0], *directory.placed(row[1]))


def stands_at(public_id: UUID) -> tuple[QueueEntry, Ground]:
    """
    Give somebody in a queue, which one, and where it is, in one statement.

    :raises NotFoundError: if there is nobody of that id
    """
    row = db.session.execute(_STANDS_AT, {"public_id": public_id}).one_or_none()
    if row is None:
        raise NotFoundError("queue_entry", field="entry_id")
    entry, queue, place = row
    return entry, Ground(queue, *directory.placed(place))


_PLACE = directory.place_beside(Queue.facility_id, Queue.resource_id)
_AT = select(Queue, _PLACE).where(Queue.public_id == bindparam("public_id"))
_STANDS_AT = (
    select(QueueEntry, Queue, _PLACE)
    .join(Queue, Queue.id == QueueEntry.queue_id)
    .where(QueueEntry.public_id == bindparam("public_id"))
)


def ground(queue: Queue) -> Ground:
    """Give where a queue is."""
    facility, resource = directory.serving_at(queue.facility_id, queue.resource_id)
    return Ground(queue, facility, resource)


def hold(queues: Iterable[Queue]) -> None:
    """Let no other act happen in these queues until the transaction ends."""
    hold_all(
        _lock_key(queue.facility_id, queue.resource_id, queue.day)
        for queue in list(queues)
    )


def hold_day(facility_id: int, resource_id: int, day: date) -> None:
    """Let no other act happen in the queue of that day; its lock needs no look-up."""
    hold_all([_lock_key(facility_id, resource_id, day)])


def held(entry: QueueEntry, queue: Queue) -> None:
    """
    Hold the queue somebody was found in, and see that they are in it still.

    :raises BusyError: if they went to another one meanwhile
    """
    hold([queue])
    still(entry, queue)


def still(entry: QueueEntry, queue: Queue) -> None:
    """
    See, under the lock, that somebody is in the queue in which they were found.

    :raises BusyError: if they went to another one meanwhile
    """
    if entry.queue_id != queue.id:
        raise BusyError


def of(entry: QueueEntry) -> Queue:
    return db.session.get_one(Queue, entry.queue_id)


def open_entry(participant_id: int) -> QueueEntry | None:
    """Give where a participant stands now, if anywhere."""
    return db.session.scalar(
        select(QueueEntry).where(
            QueueEntry.participant_id == participant_id, QueueEntry.open
        )
    )


def last_entry(participant_id: int) -> QueueEntry | None:
    """Give where a participant stands, or stood last."""
    return db.session.scalar(
        select(QueueEntry)
        .where(QueueEntry.participant_id == participant_id)
        .order_by(QueueEntry.id.desc())
        .limit(1)
    )


def arrival_of(entry: QueueEntry) -> Arrival:
    """Give what scoring was told of somebody."""
    weighs = levels.weight(entry.level)
    return Arrival(
        arrived_at=entry.arrived_at,
        scheduled_at=entry.scheduled_at,
        late_from=entry.late_from,
        walk_in=entry.walk_in,
        level=entry.level,
        sooner=weighs.minutes,
        called=weighs.called,
        needs=frozenset(entry.needs),
        age=entry.age,
    )


def parts_of(entry: QueueEntry) -> tuple[Part, ...]:
    return tuple(Part.read(part) for part in entry.parts)


def put(entry: QueueEntry, score: Score) -> None:
    """Put somebody where a score says."""
    entry.tier, entry.due_at = score.tier, score.due_at
    entry.stands_at = entry.stands_rank = None
    entry.parts = plain(score.parts)


def plain(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [part.plain() for part in parts]


def changed(queue: Queue, *, by: Actor, now: datetime) -> None:
    """Turn the version of a queue and tell who listens."""
    nearing.changed(queue, now=now)
    house.emit(QueueChanged(queue.public_id, by=by, now=now))
