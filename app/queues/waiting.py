"""Reading a queue as it stands: in its order, with the wait of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Select, and_, func, select

from app.booking import internal as booking
from app.booking.internal import Seat
from app.core.db import db
from app.core.errors import NotFoundError
from app.patients import internal as patients
from app.patients.views import PatientView
from app.queues import lines, order, standing, versions, waits
from app.queues.kinds import EntryIs
from app.queues.lines import Ground
from app.queues.models import Counter, Encounter, Queue, QueueEntry
from app.queues.standing import Place
from app.queues.views import Boost, EntryView, QueueView
from app.queues.waits import Ahead, Pace, Wait

if TYPE_CHECKING:
    from app.queues.arriving import Came

# Somebody's seat in their appointment, and who they are.
Who = tuple[Seat, PatientView]

_INSIDE = frozenset({EntryIs.CALLED, EntryIs.IN_ROOM})


class Stand(Struct, frozen=True):
    """Somebody in a queue with what was read beside them."""

    entry: QueueEntry
    type_id: int
    counter: str | None


class Line(Struct, frozen=True):
    """A queue as it was read in one statement; `stands` are in their order."""

    queue: Queue
    done: int
    version: str
    stands: tuple[Stand, ...]


def line(public_id: UUID, *, now: datetime) -> Line:
    """
    Read a queue and all who are in it, in one statement.

    :raises NotFoundError: if there is no such queue
    """
    rows = db.session.execute(_everybody(public_id, now)).all()
    if not rows:
        raise NotFoundError("queue", field="queue_id")
    queue, _, _, _, done, version = rows[0]
    return Line(
        queue,
        done,
        str(version),
        tuple(
            Stand(entry, type_id, counter)
            for _, entry, type_id, counter, _, _ in rows
            if entry is not None
        ),
    )


def view(read: Line, at: Ground, *, now: datetime, names: bool) -> QueueView:
    """Tell a queue whole; without `names` nobody learns who waits."""
    numbers = [stand.entry.participant_id for stand in read.stands]
    seats = booking.of_participants(numbers)
    people = patients.many(s.patient_id for s in seats.values()) if names else {}
    told = _told(read, seats, people, at.facility.zone, now=now)
    return QueueView(
        id=read.queue.public_id,
        facility=at.facility,
        resource=at.resource,
        day=read.queue.day,
        version=read.version,
        paused_at=read.queue.paused_at,
        late_minutes=read.queue.late_minutes,
        notice=read.queue.notice,
        done=read.done,
        called=_in(told, EntryIs.CALLED),
        in_room=_in(told, EntryIs.IN_ROOM),
        waiting=_in(told, EntryIs.WAITING),
        aside=_in(told, EntryIs.ON_HOLD, EntryIs.AT_TESTS),
    )


def entry_view(
    entry: QueueEntry,
    zone: ZoneInfo,
    *,
    now: datetime,
    names: bool,
    who: Who | None = None,
) -> EntryView:
    """Tell one of a queue, with their place and wait in it; `who` if that is known."""
    queue = lines.of(entry)
    seat, patient = who or booking.of_participant(entry.participant_id)
    known = _Known(queue, {patient.id: patient} if names else {}, zone)
    counter = None
    if entry.counter_id is not None:
        counter = db.session.get_one(Counter, entry.counter_id).name
    place = standing.of(entry, queue, now=now)
    return _told_one(entry, counter, seat, known, place)


def came_view(came: "Came", *, names: bool) -> EntryView:
    """Tell who has just come and is in nobody's way, from what their arrival knows."""
    seat, patient = came.person.seat, came.person.patient
    zone = came.person.told.facility.zone
    known = _Known(came.queue, {patient.id: patient} if names else {}, zone)
    return _told_one(came.entry, None, seat, known, came.place)


def newcomer(read: Line, *, now: datetime) -> Wait:
    """Tell the wait of somebody who comes now and is due after all who wait."""
    waiting = [s for s in read.stands if s.entry.state is EntryIs.WAITING]
    return _behind(read, waiting, now)


def _everybody(
    public_id: UUID, now: datetime
) -> Select[Queue, QueueEntry, int, str, int, int]:
    done = (
        select(func.count())
        .select_from(QueueEntry)
        .where(QueueEntry.queue_id == Queue.id, QueueEntry.state == EntryIs.DONE)
        .correlate(Queue)
    )
    # Counted once, and not for each who waits.
    head = (
        select(
            Queue.id,
            done.scalar_subquery().label("done"),
            versions.counted(now).label("version"),
        )
        .where(Queue.public_id == public_id)
        .cte("head")
        .prefix_with("MATERIALIZED")
    )
    stands = and_(QueueEntry.queue_id == Queue.id, QueueEntry.open)
    return (
        select(
            Queue,
            QueueEntry,
            Encounter.type_id,
            Counter.name,
            head.c.done,
            head.c.version,
        )
        .select_from(head)
        .join(Queue, Queue.id == head.c.id)
        .outerjoin(QueueEntry, stands)
        .outerjoin(Encounter, Encounter.id == QueueEntry.encounter_id)
        .outerjoin(Counter, Counter.id == QueueEntry.counter_id)
        .order_by(*order.by(now))
    )


def _waits(read: Line, now: datetime) -> dict[int, tuple[int, Wait]]:
    """Give the place and the wait of everybody who waits."""
    inside = [s for s in read.stands if s.entry.state in _INSIDE]
    ahead = [_ahead(stand, read.queue, now) for stand in inside]
    found: dict[int, tuple[int, Wait]] = {}
    for stand in read.stands:
        if stand.entry.state is not EntryIs.WAITING:
            continue
        found[stand.entry.id] = len(found) + 1, _estimate(read.queue, inside, ahead)
        ahead.append(_ahead(stand, read.queue, now))
    return found


def _behind(read: Line, waiting: Sequence[Stand], now: datetime) -> Wait:
    """Give the wait behind all who are inside and these who wait."""
    inside = [s for s in read.stands if s.entry.state in _INSIDE]
    ahead = [_ahead(stand, read.queue, now) for stand in (*inside, *waiting)]
    return _estimate(read.queue, inside, ahead)


def _estimate(queue: Queue, inside: Sequence[Stand], ahead: Sequence[Ahead]) -> Wait:
    rooms = max(1, len({s.entry.counter_id for s in inside}))
    late = 0 if inside else queue.late_minutes
    return waits.estimate(ahead, rooms=rooms, late_minutes=late)


def _ahead(stand: Stand, queue: Queue, now: datetime) -> Ahead:
    since = stand.entry.in_room_since
    seconds = None if since is None else (now - since).total_seconds()
    return Ahead(_pace(stand, queue), seconds)


def _pace(stand: Stand, queue: Queue) -> Pace:
    return waits.pace(queue.paces, stand.type_id, stand.entry.usual_minutes)


def _told(
    read: Line,
    seats: Mapping[int, Seat],
    people: Mapping[int, PatientView],
    zone: ZoneInfo,
    *,
    now: datetime,
) -> list[EntryView]:
    places, known = _waits(read, now), _Known(read.queue, people, zone)
    return [
        _told_one(
            stand.entry,
            stand.counter,
            seats[stand.entry.participant_id],
            known,
            places.get(stand.entry.id),
        )
        for stand in read.stands
    ]


class _Known(Struct, frozen=True):
    """What is known beside a queue's own rows."""

    queue: Queue
    people: Mapping[int, PatientView]
    zone: ZoneInfo


def _told_one(
    entry: QueueEntry,
    counter: str | None,
    seat: Seat,
    known: _Known,
    place: Place | None,
) -> EntryView:
    return EntryView(
        id=entry.public_id,
        queue_id=known.queue.public_id,
        state=entry.state,
        token=seat.token,
        position=place[0] if place else None,
        patient=known.people.get(seat.patient_id),
        appointment_id=seat.appointment_id,
        reference=seat.reference,
        kind=seat.kind,
        arrived_at=entry.arrived_at,
        scheduled_at=entry.scheduled_at,
        due_at=entry.due_at,
        tier=entry.tier,
        parts=lines.parts_of(entry),
        boost=_boost(entry),
        level=entry.level,
        walk_in=entry.walk_in,
        present=entry.present_at is not None,
        skips=entry.skips,
        counter=counter,
        called_at=entry.called_at,
        calls=entry.calls,
        in_room_since=entry.in_room_since,
        wait=place[1] if place else None,
        zone=known.zone,
    )


def _boost(entry: QueueEntry) -> Boost | None:
    if (
        entry.boost_minutes is None
        or entry.boost_by is None
        or entry.boost_reason is None
        or entry.boost_expires_at is None
    ):
        return None
    return Boost(
        entry.boost_minutes,
        entry.boost_by,
        entry.boost_reason,
        entry.boost_expires_at,
    )


def _in(told: Sequence[EntryView], *states: EntryIs) -> tuple[EntryView, ...]:
    return tuple(each for each in told if each.state in states)
