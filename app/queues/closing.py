"""What time alone brings: nobody came, and the day is over."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.booking import internal as booking
from app.booking.errors import StatusError
from app.booking.internal import Seat
from app.booking.states import Status
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.spans import local_date
from app.directory import internal as directory
from app.queues import following, lines, policies, remembering, waits
from app.queues.checking_in import NEAR
from app.queues.kinds import Act
from app.queues.models import Encounter, Queue, QueueChange, QueueEntry
from app.queues.policies import Policy

# What is older was not kept up to date, or was brought in as history.
LOOK_BACK = timedelta(days=2)
CHANGES_KEPT = timedelta(days=7)


def sweep_no_shows(*, by: Actor, now: datetime) -> int:
    """Mark who has not come when their policy's minutes after the end have gone by."""
    accounts.require(by, Permission.CHECK_IN, EVERYWHERE)
    known = policies.all_standing()
    return sum(
        _no_show(seat, by=by, now=now)
        for seat in booking.overdue(now)
        if _is_over(seat, known, now)
    )


def close_days(*, by: Actor, now: datetime) -> int:
    """
    Close the queues of days that are over, some hours past midnight.

    Who still waits was not seen and counts as no-show; whoever is inside is done, and
    how long they were in the room is not known.
    """
    accounts.require(by, Permission.CHECK_IN, EVERYWHERE)
    zones = {number: place.zone for number, place in directory.facilities().items()}
    over = [
        queue.id
        for queue in db.session.scalars(
            select(Queue).where(Queue.closed_at.is_(None)).order_by(Queue.id)
        )
        if queue.day < local_date(now - NEAR, zones[queue.facility_id])
    ]
    for number in over:
        _close(number, by=by, now=now)
    _forget(now)
    return len(over)


def _is_over(
    seat: Seat, known: dict[tuple[int, int | None], Policy], now: datetime
) -> bool:
    (_, resource) = directory.serving_at(seat.facility_id, seat.resource_id)
    policy = (
        known.get((seat.facility_id, resource.department_id))
        or known.get((seat.facility_id, None))
        or Policy()
    )
    gone = now - seat.span.end
    return timedelta(minutes=policy.no_show_minutes) <= gone <= LOOK_BACK


def _no_show(seat: Seat, *, by: Actor, now: datetime) -> bool:
    try:
        following.advance(seat, Status.NO_SHOW, by=by, now=now)
    except StatusError:
        # They came, or called it off, while this was looking.
        return False
    return True


def _close(number: int, *, by: Actor, now: datetime) -> None:
    with transaction():
        found = select(QueueEntry.participant_id).where(
            QueueEntry.queue_id == number, QueueEntry.open
        )
        left = booking.of_participants(db.session.scalars(found).all())
    for seat in left.values():
        to = Status.COMPLETED
        if seat.status is Status.CHECKED_IN:
            to = Status.NO_SHOW
        with transaction():
            entry = lines.open_entry(seat.participant_id)
            inside = entry is not None and entry.in_room_since is not None
            following.advance(seat, to, by=by, now=now)
            if entry is not None and inside:
                visit = db.session.get_one(Encounter, entry.encounter_id)
                visit.room_seconds = None
    with transaction():
        queue = db.session.get_one(Queue, number)
        lines.hold([queue])
        before = remembering.snapshot_of(queue)
        queue.closed_at, queue.paused_at = now, None
        queue.paces = waits.observe(queue.resource_id)
        remembering.remember(queue, None, Act.CLOSE, before, by=by, now=now)


def _forget(now: datetime) -> None:
    """Forget the changes of queues that nobody looks at any more."""
    old = select(Queue.id).where(Queue.closed_at < now - CHANGES_KEPT)
    with transaction() as session:
        session.execute(delete(QueueChange).where(QueueChange.queue_id.in_(old)))
