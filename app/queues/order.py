"""The live order, in SQL and in Python: one sort, said twice and tested to agree."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func

from app.queues.models import QueueEntry


def by(now: datetime | ColumnElement[datetime]) -> list[Any]:
    """Give what a query orders entries by."""
    live = QueueEntry.boost_expires_at > now
    minutes = case((live, QueueEntry.boost_minutes), else_=0)
    # years, months, weeks, days, hours, minutes
    boosted = QueueEntry.due_at - func.make_interval(0, 0, 0, 0, 0, minutes)
    return [QueueEntry.tier, boosted, QueueEntry.arrived_at, QueueEntry.id]


def due(entry: QueueEntry, now: datetime) -> datetime:
    """Give when somebody is due, with a boost that is live."""
    return entry.due_at - timedelta(minutes=boost(entry, now))


def boost(entry: QueueEntry, now: datetime) -> int:
    """Give the minutes of a live boost, or 0."""
    live = entry.boost_expires_at is not None and entry.boost_expires_at > now
    return (entry.boost_minutes or 0) if live else 0


def key(entry: QueueEntry, now: datetime) -> tuple[int, datetime, datetime, int]:
    """Give what entries are sorted by in Python."""
    return entry.tier, due(entry, now), entry.arrived_at, entry.id
