"""Slips for who comes, and the word of who saw them come out on paper."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.booking import internal as booking
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.spans import local_date
from app.directory.views import FacilityView
from app.queues import acting, lines, slip_rows
from app.queues.lines import Ground
from app.queues.models import Queue, QueueEntry, Slip
from app.queues.views import SlipView

# A printer that was away has so many at once, and asks again for the rest.
MOST = 20


def confirm_print(entry_id: UUID, copy: int, *, by: Actor, now: datetime) -> SlipView:
    """
    Say that a slip came out on paper; printing alone proves nothing.

    `copy` counts from 1. Saying the same copy twice changes nothing; every copy after
    the first stands in the trail as a reprint.

    :raises InputError: if a copy before it was never confirmed
    :raises NotFoundError: if there is nobody, or not for this actor's eyes
    """
    with transaction():
        entry, at = _at_the_desk(entry_id, by=by)
        slip = slip_rows.locked(entry.participant_id)
        if slip_rows.count(slip, copy, now=now):
            act = "printed" if copy == 1 else "reprinted"
            subject = audit.Subject("queue_entry", entry.public_id, at.facility.id)
            audit.record(
                f"queue_entry.{act}", subject, by=by, now=now, after={"copy": copy}
            )
        return _view(entry, at, slip, by=by, now=now)


def slip(entry_id: UUID, *, by: Actor, now: datetime) -> SlipView:
    """
    Give the slip of somebody in a queue; it is for who checks people in.

    :raises NotFoundError: if there is nobody, or not for this actor's eyes
    """
    entry, at = _at_the_desk(entry_id, by=by)
    found = select(Slip).where(Slip.participant_id == entry.participant_id)
    return _view(entry, at, db.session.scalars(found).one(), by=by, now=now)


def unprinted(facility: FacilityView, *, by: Actor, now: datetime) -> list[SlipView]:
    """
    Give the slips of who waits today that nobody has seen on paper, the oldest first.

    What a print agent asks again and again; it prints, and confirms each.
    """
    accounts.require(by, Permission.CHECK_IN, Scope(facility.id))
    rows = db.session.execute(
        select(QueueEntry, Queue, Slip)
        .join(Queue, Queue.id == QueueEntry.queue_id)
        .join(Slip, Slip.participant_id == QueueEntry.participant_id)
        .where(
            Queue.facility_id == facility.id,
            Queue.day == local_date(now, facility.zone),
            QueueEntry.open,
            Slip.prints == 0,
        )
        .order_by(QueueEntry.id)
        .limit(MOST)
    ).all()
    return [
        _view(entry, lines.ground(queue), slip, by=by, now=now)
        for entry, queue, slip in rows
    ]


def _at_the_desk(entry_id: UUID, *, by: Actor) -> tuple[QueueEntry, Ground]:
    return acting.found(entry_id, Permission.CHECK_IN, by=by)


def _view(
    entry: QueueEntry, at: Ground, slip: Slip, *, by: Actor, now: datetime
) -> SlipView:
    return SlipView(
        facility=at.facility,
        resource=at.resource,
        entry=acting.shown(entry, at, by=by, now=now),
        secret=booking.secrets([slip.participant_id])[slip.participant_id],
        prints=slip.prints,
        printed_at=slip.printed_at,
    )
