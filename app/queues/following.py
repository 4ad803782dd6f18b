"""
What the queue does when booking moves somebody: the one way in and out of a visit.

Whichever door moved them, check-in opens the encounter, and taking it back cancels it.
Booking holds the locks of its resources then; that of the queue is taken after them,
here as everywhere.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from app.booking import internal as booking
from app.booking.events import Changed, Regrouped
from app.booking.internal import Seat
from app.booking.states import OFF, Status
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db
from app.patients import internal as patients
from app.patients.carrying import carry
from app.queues import arriving, lines, remembering, waits
from app.queues.arriving import Person
from app.queues.kinds import CLOSED, Act, EncounterIs, EntryIs
from app.queues.models import Encounter, Queue, QueueEntry

_BEFORE_ARRIVAL = frozenset({Status.SCHEDULED, Status.REQUESTED})


def listen() -> None:
    """Follow what booking tells; called at composition."""
    house.subscribe(Changed, follow)
    house.subscribe(Regrouped, follow)
    carry(Encounter)


def follow(event: Changed | Regrouped) -> None:
    """Let each whose status changed go where it leads in the queue."""
    was = {each.patient.id: each.status for each in event.before.participants}
    moved = {
        each.patient.id: (was[each.patient.id], each)
        for each in event.appointment.participants
        if was.get(each.patient.id, each.status) is not each.status
    }
    if not moved:
        return
    for seat in booking.seated(event.appointment):
        if seat.patient_id in moved:
            before, now_is = moved[seat.patient_id]
            person = Person(seat, now_is.patient, event.appointment)
            _one(person, before, by=event.by, now=event.now)


def _one(person: Person, was: Status, *, by: Actor, now: datetime) -> None:
    seat = person.seat
    if (was, seat.status) in _BACK:
        _take_back(seat, _BACK[was, seat.status], by=by, now=now)
    elif seat.status is Status.CHECKED_IN:
        arriving.arrive(person, by=by, now=now)
    elif was not in _BEFORE_ARRIVAL and seat.status in _STEPS:
        _go_on(person, by=by, now=now)


# What an undo in booking undoes here. Only an arrival has nothing to go back to.
_BACK = {
    (Status.CHECKED_IN, Status.SCHEDULED): Act.CHECK_IN,
    (Status.IN_PROGRESS, Status.CHECKED_IN): Act.START,
    (Status.COMPLETED, Status.IN_PROGRESS): Act.COMPLETE,
    (Status.NO_SHOW, Status.CHECKED_IN): Act.NO_SHOW,
    (Status.CANCELLED, Status.CHECKED_IN): Act.CALL_OFF,
}


def _take_back(seat: Seat, act: Act, *, by: Actor, now: datetime) -> None:
    entry = lines.last_entry(seat.participant_id)
    if entry is None:
        return
    queue = lines.of(entry)
    lines.held(entry, queue)
    done = remembering.acted(entry, act)
    if done is None:
        return
    if act is Act.CHECK_IN:
        arriving.undo_arrival(entry, queue, now=now)
        db.session.flush()
    at = db.session.get_one(
        Queue, done.before.get("entry", {}).get("queue_id", queue.id)
    )
    remembering.go_back(done, at, entry, by=by, now=now)


class _Visit(Struct, frozen=True):
    """Somebody in a queue whose visit goes on."""

    entry: QueueEntry
    queue: Queue
    visit: Encounter
    now: datetime


def _start(it: _Visit) -> None:
    entry, now = it.entry, it.now
    # Who is in the room has been seen here, and was called in some way.
    entry.present_at = entry.present_at or now
    entry.called_at = entry.called_at or now
    entry.first_called_at = entry.first_called_at or now
    entry.state, entry.in_room_since = EntryIs.IN_ROOM, now
    it.visit.state, it.visit.started_at = EncounterIs.STARTED, now


def _complete(it: _Visit) -> None:
    leave_room(it.entry, it.visit, it.now)
    arriving.close(it.entry, it.queue, EntryIs.DONE)
    it.visit.state, it.visit.ended_at = EncounterIs.ENDED, it.now
    db.session.flush()
    it.queue.paces = waits.observe(it.queue.resource_id)


def _no_show(it: _Visit) -> None:
    arriving.close(it.entry, it.queue, EntryIs.NO_SHOW)
    it.visit.state, it.visit.ended_at = EncounterIs.LEFT, it.now


def _call_off(it: _Visit) -> None:
    arriving.close(it.entry, it.queue, EntryIs.OFF)
    it.visit.state = EncounterIs.CANCELLED


_STEPS: dict[Status, tuple[Act, Callable[[_Visit], None]]] = {
    Status.IN_PROGRESS: (Act.START, _start),
    Status.COMPLETED: (Act.COMPLETE, _complete),
    Status.NO_SHOW: (Act.NO_SHOW, _no_show),
    Status.CANCELLED: (Act.CALL_OFF, _call_off),
}


def _go_on(person: Person, *, by: Actor, now: datetime) -> None:
    entry = lines.open_entry(person.seat.participant_id)
    if entry is None:
        if person.seat.status in OFF:
            return
        # They were checked in before there were queues.
        entry = arriving.arrive(person, by=by, now=now)
    queue = lines.of(entry)
    lines.held(entry, queue)
    if entry.state in CLOSED:
        return
    act, step = _STEPS[person.seat.status]
    before = remembering.snapshot(entry)
    visit = db.session.get_one(Encounter, entry.encounter_id)
    step(_Visit(entry, queue, visit, now))
    remembering.remember(queue, entry, act, before, by=by, now=now)


def advance(seat: Seat, to: Status, *, by: Actor, now: datetime) -> None:
    """Move somebody along the table of moves; what that means here follows."""
    patient = patients.many([seat.patient_id])[seat.patient_id]
    booking.advance(
        seat.appointment_id, to, by=by, now=now, patient_id=patient.public_id
    )


def leave_room(entry: QueueEntry, visit: Encounter, now: datetime) -> None:
    """Count the time somebody was in the room, when they leave it."""
    if entry.in_room_since is not None:
        seconds = round((now - entry.in_room_since).total_seconds())
        visit.room_seconds = (visit.room_seconds or 0) + max(0, seconds)
        entry.in_room_since = None
