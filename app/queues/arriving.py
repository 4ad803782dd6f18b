"""The rows of an arrival: check-in, encounter, and a place in the day's queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import func, update

from app.booking.internal import Seat
from app.booking.kinds import Kind
from app.booking.views import AppointmentView
from app.booking.walkins import CHANNEL
from app.core import events as house
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import db
from app.core.spans import local_date
from app.patients.views import PatientView
from app.queues import levels, lines, nearing, policies, remembering, standing
from app.queues.errors import WalkInsFullError
from app.queues.events import Arrived
from app.queues.kinds import EncounterIs, EntryIs
from app.queues.models import CheckIn, Encounter, Queue, QueueEntry
from app.queues.policies import Policy
from app.queues.scoring.facts import Arrival
from app.queues.standing import Around, Place
from app.queues.views import Coming

_share: ContextVar[int | None] = ContextVar("share", default=None)


class Person(Struct, frozen=True):
    """Who arrives: their seat in an appointment, and who they are."""

    seat: Seat
    patient: PatientView
    told: AppointmentView


class Came(Struct, frozen=True):
    """Who has just come, where they stand, and their place as it was told to them."""

    person: Person
    queue: Queue
    entry: QueueEntry
    place: Place | None


class _Door(Struct, frozen=True):
    """How they come, and who came so far."""

    how: Coming
    came: list[Came]


_door: ContextVar[_Door | None] = ContextVar("door", default=None)


@contextmanager
def coming(how: Coming, *, share: int | None = None) -> Iterator[list[Came]]:
    """
    Say how they come whose check-in booking tells of within; give who came so.

    `share` is how many who walk in may take of the day; each of them counts.
    """
    came: list[Came] = []
    before, limit = _door.set(_Door(how, came)), _share.set(share)
    try:
        yield came
    finally:
        _door.reset(before)
        _share.reset(limit)


def arrive(person: Person, *, by: Actor, now: datetime) -> QueueEntry:
    """
    Write down that somebody has come; the caller is in the act that checks them in.

    :raises WalkInsFullError: if the share for who walks in is used up
    """
    door, told = _door.get() or _Door(Coming(), []), person.told
    how = door.how
    today = local_date(now, told.facility.zone)
    held = _held(told, today, now=now)
    queue = held.queue
    entry = _entry(person, how, held, now=now)
    entry.from_share = _count(queue, _share.get())
    place = _told(entry, held.around)
    visit = _visit(person, now=now)
    remembering.arrived(queue, entry, visit, how.how, by=by, now=now)
    if held.around.any_near(entry, nearing.AHEAD + 1):
        nearing.come_up(queue, now=now)
    house.emit(Arrived(queue.public_id, entry.public_id, by=by, now=now))
    door.came.append(Came(person, queue, entry, place))
    return entry


class _Held(Struct, frozen=True):
    """The queue of a day, whose lock is held, its policy, and who stands in it."""

    queue: Queue
    policy: Policy
    around: Around


def _held(told: AppointmentView, today: date, *, now: datetime) -> _Held:
    """
    Hold the queue of today, and give it with all an arrival hangs on, in one statement.

    It is a copy to read: what is changed of it is changed in the database.
    """
    facility, resource, department = (
        told.facility.id,
        told.resource.id,
        told.resource.department_id,
    )
    lines.hold_day(facility, resource, today)
    row = _OF_DAY.send(
        {
            "facility": facility,
            "resource": resource,
            "day": today,
            "department": department,
            "now": now,
        }
    ).one_or_none()
    if row is None:
        queue = lines.opened(facility, resource, today)
        policy = policies.standing(facility, department)
        return _Held(queue, policy, Around(queue, (), now))
    columns = row._asdict()
    policy, others = policies.told(columns.pop("policy")), columns.pop("others")
    queue = Queue(**columns)
    return _Held(queue, policy, standing.around(queue, others, now=now))


_OF_DAY = Constant(
    lines.ROW_OF_DAY.add_columns(
        policies.BESIDE.label("policy"), standing.beside(Queue.id).label("others")
    )
)


def _entry(person: Person, how: Coming, held: _Held, *, now: datetime) -> QueueEntry:
    """Say where in the queue somebody stands who comes now."""
    told = person.told
    arrival = _arrival(person, how, now=now)
    score = held.policy.scores.score(arrival)
    return QueueEntry(
        public_id=uuid4(),
        queue_id=held.queue.id,
        participant_id=person.seat.participant_id,
        state=EntryIs.WAITING,
        tier=score.tier,
        due_at=score.due_at,
        parts=lines.plain(score.parts),
        arrived_at=now,
        present_at=None if how.remote else now,
        scheduled_at=arrival.scheduled_at,
        late_from=arrival.late_from,
        walk_in=arrival.walk_in,
        level=how.level,
        needs=sorted(arrival.needs),
        age=arrival.age,
        usual_minutes=_usual(told),
        skips=0,
        calls=0,
    )


def _told(entry: QueueEntry, around: Around) -> Place:
    """Write down the wait that is told to somebody who comes, and if they are near."""
    number, wait = place = around.place(entry)
    entry.told_at = around.now
    entry.told_low_s, entry.told_high_s = wait.low_s, wait.high_s
    entry.near_at = around.now if number <= nearing.AHEAD + 1 else None
    return place


def undo_arrival(entry: QueueEntry, queue: Queue, *, now: datetime) -> None:
    """Let an encounter be as if nobody had come: cancelled, never deleted."""
    visit = db.session.get_one(Encounter, entry.encounter_id)
    visit.state, visit.ended_at = EncounterIs.CANCELLED, None
    db.session.execute(
        update(CheckIn).where(CheckIn.id == visit.check_in_id).values(undone_at=now)
    )
    close(entry, queue, EntryIs.OFF)


def close(entry: QueueEntry, queue: Queue, to: EntryIs) -> None:
    """Let somebody leave the queue; a share they took is another's."""
    entry.state, entry.in_room_since = to, None
    if entry.from_share and to is EntryIs.OFF:
        entry.from_share = False
        db.session.execute(
            update(Queue)
            .where(Queue.id == queue.id)
            .values(walk_ins=func.greatest(Queue.walk_ins - 1, 0))
        )


def _visit(person: Person, *, now: datetime) -> Encounter:
    seat = person.seat
    return Encounter(
        public_id=uuid4(),
        participant_id=seat.participant_id,
        patient_id=seat.patient_id,
        facility_id=seat.facility_id,
        resource_id=seat.resource_id,
        type_id=seat.type_id,
        state=EncounterIs.ARRIVED,
        arrived_at=now,
    )


def _arrival(person: Person, how: Coming, *, now: datetime) -> Arrival:
    told, patient = person.told, person.patient
    booked = told.kind is not Kind.WALK_IN
    # A token is for the whole of its slot: nobody is late before that is over.
    late_from = told.span.start if told.kind is Kind.TIMED else told.span.end
    weighs = levels.weight(how.level)
    return Arrival(
        arrived_at=now,
        scheduled_at=told.span.start if booked else None,
        late_from=late_from if booked else None,
        walk_in=not booked or told.channel == CHANNEL,
        level=how.level,
        sooner=weighs.minutes,
        called=weighs.called,
        needs=frozenset(need.value for need in patient.needs),
        age=patient.age(local_date(now, told.facility.zone)),
    )


def _usual(told: AppointmentView) -> int:
    return told.span.minutes if told.kind is Kind.TIMED else told.type.minutes


def _count(queue: Queue, most: int | None) -> bool:
    """Count one more of the share, in one statement that refuses the one too many."""
    if most is None:
        return False
    counted = db.session.scalar(
        update(Queue)
        .where(Queue.id == queue.id, Queue.walk_ins < most)
        .values(walk_ins=Queue.walk_ins + 1)
        .returning(Queue.walk_ins)
    )
    if counted is None:
        raise WalkInsFullError(field="resource_id", most=most)
    return True
