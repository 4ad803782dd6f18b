"""The version of a queue: what a poll compares, and what never makes anybody wait."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select

from app.core import copies
from app.core.db import after_commit, db
from app.queues.models import Queue, QueueChange


def mark(queue: Queue, *, at: datetime) -> None:
    """Let the version turn: now, or when something comes about by itself."""
    db.session.add(QueueChange(queue_id=queue.id, at=at))
    name = _name(queue.public_id)
    after_commit(lambda: copies.drop(name))


def read(queue_id: UUID, *, now: datetime) -> str | None:
    """Give the version: from its copy, else in one statement; None without a queue."""
    copy = copies.read(_name(queue_id))
    if copy is not None:
        return copy
    found = db.session.execute(
        select(Queue.id, counted(now)).where(Queue.public_id == queue_id)
    ).one_or_none()
    if found is None:
        return None
    version = str(found[1])
    copies.write(_name(queue_id), version)
    return version


def counted(now: datetime) -> ScalarSelect[int]:
    """
    Count the changes of a queue that have come about.

    A count and not the newest row: rows become visible in another order than that of
    their numbers, and each one must turn the version.
    """
    return (
        select(func.count())
        .where(QueueChange.queue_id == Queue.id, QueueChange.at <= now)
        .correlate(Queue)
        .scalar_subquery()
    )


def _name(queue_id: UUID) -> str:
    return f"queue:{queue_id}:version"
