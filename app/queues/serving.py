"""Acts in the room: start, complete, send for tests; send on to another queue."""

from datetime import datetime
from uuid import UUID

from app.accounts.permissions import Permission
from app.booking import internal as booking
from app.booking.states import Status
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import InputError
from app.directory import internal as directory
from app.queues import acting, following, lines, policies
from app.queues.kinds import CLOSED, Act, EntryIs
from app.queues.views import EntryView

_IN_ROOM = frozenset({EntryIs.IN_ROOM})
_OPEN = frozenset(EntryIs) - CLOSED
_COMES_IN = _OPEN - _IN_ROOM


def start(
    entry_id: UUID, *, by: Actor, now: datetime, counter_id: UUID | None = None
) -> EntryView:
    """
    Let somebody into the room, called or not; after tests, once more.

    :raises EntryStateError: if they are in the room, or gone
    """
    with transaction():
        entry, at = acting.found(entry_id, Permission.ATTEND, by=by)
        counter = acting.counter_of(counter_id, at)
        seat = booking.of_participants([entry.participant_id])[entry.participant_id]
        if seat.status is not Status.IN_PROGRESS:
            following.advance(seat, Status.IN_PROGRESS, by=by, now=now)
            if counter is not None:
                entry.counter_id = counter.id
            return acting.shown(entry, at, by=by, now=now)
        with acting.on(entry_id, Permission.ATTEND, by=by, states=_COMES_IN) as here:
            here.entry.state, here.entry.in_room_since = EntryIs.IN_ROOM, now
            here.entry.present_at = here.entry.present_at or now
            if counter is not None:
                here.entry.counter_id = counter.id
            return here.remember(Act.START_AGAIN, by=by, now=now)


def complete(entry_id: UUID, *, by: Actor, now: datetime) -> EntryView:
    """
    Let a visit be done.

    :raises StatusError: if they have not been in the room
    """
    with transaction():
        entry, at = acting.found(entry_id, Permission.ATTEND, by=by)
        seat = booking.of_participants([entry.participant_id])[entry.participant_id]
        following.advance(seat, Status.COMPLETED, by=by, now=now)
        return acting.shown(entry, at, by=by, now=now)


def send_for_tests(entry_id: UUID, *, by: Actor, now: datetime) -> EntryView:
    """
    Send somebody from the room for tests; the visit goes on, the room is free.

    :raises EntryStateError: if they are not in the room
    """
    with acting.on(entry_id, Permission.ATTEND, by=by, states=_IN_ROOM) as here:
        following.leave_room(here.entry, here.visit, now)
        here.entry.state, here.entry.counter_id = EntryIs.AT_TESTS, None
        return here.remember(Act.TESTS, by=by, now=now)


def transfer(
    entry_id: UUID, resource_id: UUID, *, by: Actor, now: datetime
) -> EntryView:
    """
    Send somebody on to another doctor's or service's queue of the same day.

    They keep their number and their time of arrival, and are scored by the policy
    there: the time they have waited counts.

    :raises EntryStateError: if they are gone
    :raises InputError: if they are in that queue already
    :raises NotFoundError: if that resource does not serve in the facility
    """
    with transaction():
        entry = lines.entry_named(entry_id)
        here_now = lines.ground(lines.of(entry))
        resource = directory.resource(resource_id, here_now.facility.id)
        there = lines.opened(here_now.facility.id, resource.id, here_now.queue.day)
        if there.id == entry.queue_id:
            raise InputError(field="resource_id", reason="same_queue")
        acting.allowed(
            there, Permission.CHECK_IN, by=by, what="queue", field="resource_id"
        )
        with acting.on(
            entry_id, Permission.CHECK_IN, by=by, states=_OPEN, also=there
        ) as here:
            left = here.at.queue
            policy = policies.standing(there.facility_id, resource.department_id)
            score = policy.scores.score(lines.arrival_of(here.entry))
            following.leave_room(here.entry, here.visit, now)
            lines.put(here.entry, score)
            here.entry.queue_id, here.entry.state = there.id, EntryIs.WAITING
            here.entry.counter_id, here.entry.skips = None, 0
            here.visit.resource_id = resource.id
            lines.changed(left, by=by, now=now)
            return here.remember(Act.TRANSFER, by=by, now=now, to=resource.code)
