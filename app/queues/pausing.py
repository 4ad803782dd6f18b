"""Acts on a queue as a whole: the doctor pauses, is back, or runs late."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.accounts.permissions import Permission, Role
from app.core import events as house
from app.core.actor import Actor, ActorKind
from app.core.errors import InputError
from app.core.text import clean
from app.directory import internal as directory
from app.notifications import internal as notifications
from app.notifications.kinds import About, Rung
from app.notifications.views import Ring
from app.queues import acting, remembering, telling
from app.queues.events import Delayed
from app.queues.kinds import Act
from app.queues.models import Queue

LATEST = 600


def pause(queue_id: UUID, notice: str, *, by: Actor, now: datetime) -> None:
    """Say that a doctor pauses; boards and those who wait are told."""
    told = clean(notice, field="notice", most=200)
    with acting.in_queue(queue_id, Permission.ATTEND, by=by) as at:
        before = remembering.snapshot_of(at.queue)
        at.queue.paused_at, at.queue.notice = at.queue.paused_at or now, told
        _tell(at.queue, Act.PAUSE, before, by=by, now=now)


def resume(queue_id: UUID, *, by: Actor, now: datetime) -> None:
    """Say that a doctor is back."""
    with acting.in_queue(queue_id, Permission.ATTEND, by=by) as at:
        before = remembering.snapshot_of(at.queue)
        at.queue.paused_at, at.queue.notice = None, ""
        _tell(at.queue, Act.PAUSE, before, by=by, now=now)


def run_late(
    queue_id: UUID, minutes: int, notice: str, *, by: Actor, now: datetime
) -> None:
    """
    Say that a doctor runs so many minutes late; 0 means: in time again.

    :raises InputError: if so many cannot be right
    """
    told = clean(notice, field="notice", most=200)
    if not 0 <= minutes <= LATEST:
        raise InputError(field="minutes", reason="between", least=0, most=LATEST)
    with acting.in_queue(queue_id, Permission.ATTEND, by=by) as at:
        before = remembering.snapshot_of(at.queue)
        at.queue.late_minutes, at.queue.notice = minutes, told
        _tell(at.queue, Act.LATE, before, by=by, now=now)


def _tell(
    queue: Queue, act: Act, before: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    remembering.remember(queue, None, act, before, by=by, now=now)
    telling.delayed(queue, before, now=now)
    _ring(queue, by=by, now=now)
    house.emit(
        Delayed(
            queue.public_id,
            paused=queue.paused_at is not None,
            late_minutes=queue.late_minutes,
            notice=queue.notice,
            by=by,
            now=now,
        )
    )


def _ring(queue: Queue, *, by: Actor, now: datetime) -> None:
    """Let the bell tell whom a doctor's pause or lateness concerns."""
    (_, resource) = directory.serving_at(queue.facility_id, queue.resource_id)
    data = {
        "with": resource.name,
        "minutes": queue.late_minutes,
        "paused": queue.paused_at is not None,
        "notice": queue.notice,
        "by": by.called,
    }
    ring = Ring(
        Rung.LATE,
        About.QUEUE,
        queue.facility_id,
        f"{queue.public_id}:{now.isoformat()}",
        data,
        about_id=queue.public_id,
        user_id=resource.user_id,
        resource_ids=(resource.id,),
        role=Role.RECEPTION,
        department_id=resource.department_id,
        actor_id=by.id if by.kind is ActorKind.USER else None,
    )
    notifications.queue([ring], now=now)
