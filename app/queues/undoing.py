"""Taking the last act in a queue back."""

from datetime import datetime
from uuid import UUID

from app.accounts.permissions import Permission
from app.booking import internal as booking
from app.booking.errors import UndoError
from app.core.actor import Actor
from app.core.db import db, transaction
from app.queues import acting, lines, remembering, telling
from app.queues.kinds import MOVED_BOOKING
from app.queues.models import Queue
from app.queues.views import EntryView


def undo(entry_id: UUID, *, by: Actor, now: datetime) -> EntryView:
    """
    Take the last act on somebody back, by who did it and for ten minutes.

    What moved their appointment too is taken back there, as its table has it.

    :raises UndoError: if there is nothing to undo, or not by this actor, or too late
    """
    with transaction():
        entry, at = acting.found(entry_id, Permission.CHECK_IN, by=by)
        queue = at.queue
        done = remembering.last(queue, entry, by=by, now=now)
        if done.act in MOVED_BOOKING:
            seat = booking.of_participants([entry.participant_id])
            told = seat[entry.participant_id].appointment_id
            booking.take_back(told, by=by, now=now)
            return acting.shown(entry, at, by=by, now=now)
        was_in = done.before["entry"]["queue_id"]
        before = db.session.get_one(Queue, was_in)
        lines.hold([queue, before])
        lines.still(entry, queue)
        if remembering.last(queue, entry, by=by, now=now).id != done.id:
            raise UndoError(reason="nothing")
        remembering.go_back(done, before, entry, by=by, now=now)
        if before.id != queue.id:
            lines.changed(queue, by=by, now=now)
        return acting.shown(entry, at, by=by, now=now)


def undo_in_queue(queue_id: UUID, *, by: Actor, now: datetime) -> None:
    """
    Take back the last that was said of a queue as a whole: a pause, or running late.

    :raises UndoError: if there is nothing to undo, or not by this actor, or too late
    """
    with acting.in_queue(queue_id, Permission.ATTEND, by=by) as at:
        done = remembering.last(at.queue, None, by=by, now=now)
        before = remembering.snapshot_of(at.queue)
        remembering.go_back(done, at.queue, None, by=by, now=now)
        telling.delayed(at.queue, before, now=now)
