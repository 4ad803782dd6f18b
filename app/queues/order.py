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
    came = func.coalesce(QueueEntry.stands_at, QueueEntry.arrived_at)
    rank = func.coalesce(QueueEntry.stands_rank, QueueEntry.id)
    return [QueueEntry.tier, boosted, came, rank, QueueEntry.id]


def due(entry: QueueEntry, now: datetime) -> datetime:
    """Give when somebody is due, with a boost that is live."""
    return entry.due_at - timedelta(minutes=boost(entry, now))


def boost(entry: QueueEntry, now: datetime) -> int:
    """Give the minutes of a live boost, or 0."""
    live = entry.boost_expires_at is not None and entry.boost_expires_at > now
    return (entry.boost_minutes or 0) if live else 0


def key(entry: QueueEntry, now: datetime) -> tuple[int, datetime, datetime, float, int]:
    """Give what entries are sorted by in Python."""
    return entry.tier, due(entry, now), *stands(entry), entry.id


def stands(entry: QueueEntry) -> tuple[datetime, float]:
    """Give what parts somebody from others who are due at the same moment."""
    if entry.stands_at is None or entry.stands_rank is None:
        return entry.arrived_at, entry.id
    return entry.stands_at, entry.stands_rank


def put_behind(
    entry: QueueEntry, after: QueueEntry, then: QueueEntry | None, now: datetime
) -> None:
    """Let somebody stand just behind one of the line, and before `then`, the next."""
    tier, moment, came, rank, _ = key(after, now)
    # A row number is whole, so nobody else stands half a step behind.
    gap = 1.0
    if then is not None and key(then, now)[:3] == (tier, moment, came):
        gap = stands(then)[1] - rank
    entry.tier, entry.due_at = tier, moment
    entry.stands_at, entry.stands_rank = came, rank + gap / 2
