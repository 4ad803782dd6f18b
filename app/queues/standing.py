"""
Where one stands: their place and wait, from the few columns that they hang on.

Who is told of one person needs nothing else of the others: a list of numbers of each,
as PostgreSQL writes JSON and Python reads it, in no order, and no object of any.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    bindparam,
    cast,
    func,
    or_,
    select,
)

from app.core.constant import Constant
from app.queues import order, versions, waits
from app.queues.kinds import EntryIs
from app.queues.models import Encounter, Queue, QueueEntry
from app.queues.waits import Ahead, Wait

Place = tuple[int, Wait]
# Tier, when they are due and since when they stand, in microseconds, and their rank.
Key = tuple[int, int, int, float, int]


class Other(NamedTuple):
    """Somebody who waits or is called: what the place and wait of one hang on."""

    key: Key
    waits: bool
    counter_id: int | None
    since: int | None
    usual_minutes: int
    type_id: int
    near: bool


class Around(Struct, frozen=True):
    """Who waits in a queue and who is called, in no order, at a moment."""

    queue: Queue
    others: Sequence[Other]
    now: datetime

    def place(self, entry: QueueEntry) -> Place:
        """Give the place, from 1, and the wait of who waits, or comes now."""
        mine = _key(entry, self.now)
        inside = [other for other in self.others if not other.waits]
        before = [other for other in self.others if other.waits and other.key < mine]
        rooms = max(1, len({other.counter_id for other in inside}))
        late = 0 if inside else self.queue.late_minutes
        ahead = [self._ahead(other) for other in (*inside, *before)]
        return len(before) + 1, waits.estimate(ahead, rooms=rooms, late_minutes=late)

    def any_near(self, entry: QueueEntry, most: int) -> bool:
        """Say whether somebody else of the first so many is not known to be near."""
        mine = _key(entry, self.now)
        waiting = sorted(other for other in self.others if other.waits)
        first = [other for other in waiting if other.key != mine][:most]
        if len(first) == most and mine < first[-1].key:
            first.pop()
        return not all(other.near for other in first)

    def _ahead(self, other: Other) -> Ahead:
        seconds = None if other.since is None else (_us(self.now) - other.since) / 1e6
        pace = waits.pace(self.queue.paces, other.type_id, other.usual_minutes)
        return Ahead(pace, seconds)


def of(entry: QueueEntry, queue: Queue, *, now: datetime) -> Place | None:
    """
    Give the place, from 1, and the wait of somebody, if they wait.

    Who has no row yet stands behind all who are equal to them.
    """
    if entry.state is not EntryIs.WAITING:
        return None
    told = _AROUND.send({"queue_id": queue.id, "now": now}).scalar_one()
    return around(queue, told, now=now).place(entry)


def around(
    queue: Queue, told: Sequence[Sequence[Any]] | None, *, now: datetime
) -> Around:
    """Make the view of what `beside` selected."""
    return Around(queue, [Other(tuple(key), *more) for key, *more in told or ()], now)


def _key(entry: QueueEntry, now: datetime) -> Key:
    number = entry.id or _LAST
    came, rank = order.stands(entry)
    due = order.due(entry, now)
    return entry.tier, _us(due), _us(came), rank or _LAST, number


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // _US


def _whole(moment: SQLColumnExpression[datetime | None]) -> ColumnElement[int]:
    """Give the microseconds of a moment: a whole number is soon read, and exact."""
    return cast(func.extract("epoch", moment) * 1_000_000, BigInteger)


_EPOCH, _US = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
# More than any row's number.
_LAST = 2**63


def beside(queue_id: SQLColumnExpression[int]) -> ColumnElement[Any]:
    """Select who stands in a queue at `now`, beside what another statement reads."""
    tier, due, came, rank, number = order.by(versions.NOW)
    return (
        select(
            func.json_agg(
                func.json_build_array(
                    func.json_build_array(
                        tier, _whole(due), _whole(came), rank, number
                    ),
                    QueueEntry.state == EntryIs.WAITING,
                    QueueEntry.counter_id,
                    _whole(QueueEntry.in_room_since),
                    QueueEntry.usual_minutes,
                    Encounter.type_id,
                    QueueEntry.near_at.is_not(None),
                )
            )
        )
        .join(Encounter, Encounter.id == QueueEntry.encounter_id)
        .where(
            QueueEntry.queue_id == queue_id,
            QueueEntry.open,
            or_(
                QueueEntry.state == EntryIs.WAITING,
                QueueEntry.state == EntryIs.CALLED,
                QueueEntry.state == EntryIs.IN_ROOM,
            ),
        )
        .scalar_subquery()
    )


_AROUND = Constant(select(beside(bindparam("queue_id"))))
