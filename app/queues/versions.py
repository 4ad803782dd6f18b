"""The version of a queue: what a poll compares, and what never makes anybody wait."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Insert,
    ScalarSelect,
    Select,
    bindparam,
    func,
    insert,
    or_,
    select,
)

from app.core import copies
from app.core.constant import Constant
from app.core.db import Instant, after_commit, db, table
from app.queues.models import Board, BoardShow, Queue, QueueChange

# What time alone changes, the day and the waits, is told anew after so many seconds.
AGES_S = 300
_DAY = timedelta(days=1)
NOW = bindparam("now", type_=Instant())


def mark(queue: Queue, *, at: datetime) -> None:
    """Let the version turn: now, or when something comes about by itself."""
    _MARK.send({"queue_id": queue.id, "at": at})
    forget(queue)


def marked() -> Insert:
    """Give the statement that adds the mark of `queue_id` at `at`."""
    columns = table(QueueChange).c
    return (
        insert(table(QueueChange))
        .values({columns.queue_id: bindparam("queue_id"), columns.at: bindparam("at")})
        .inline()
    )


def forget(queue: Queue) -> None:
    """Drop the copies of a version that turns, once it has."""
    name, group = _name(queue.public_id), _of_facility(queue.facility_id)
    after_commit(lambda: copies.drop(name, group=group))


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


def read_board(code: str, *, now: datetime) -> str | None:
    """Give a board's version: from its copy, else in one statement; None without it."""
    copy = copy_of_board(code)
    if copy is not None:
        return copy
    found = db.session.execute(_BOARD, moment(now) | {"code": code}).one_or_none()
    if found is None:
        return None
    version = of_board(found.revision, found.counted, now)
    group = _of_facility(found.facility_id)
    copies.write(board_name(code), version, group=group)
    return version


def copy_of_board(code: str) -> str | None:
    """Give the copy of a board's version, if there is one."""
    return copies.read(board_name(code))


def read_floor(facility_id: int, *, now: datetime) -> str:
    """Give the version of all queues of a facility, which turns each minute too."""
    name = f"floor:{facility_id}:version"
    counted = copies.read(name)
    if counted is None:
        counted = str(
            db.session.scalar(
                _changes().where(Queue.facility_id == facility_id), moment(now)
            )
        )
        copies.write(name, counted, group=_of_facility(facility_id))
    return f"{counted}.{int(now.timestamp()) // 60}"


def of_board(revision: int, counted: int, now: datetime) -> str:
    """Say the version of a board: of itself, of its queues, and of the time."""
    return f"{revision}.{counted}.{int(now.timestamp()) // AGES_S}"


def board_name(code: str) -> str:
    """Name the copy of a board's version."""
    return f"board:{code}:version"


def board_head() -> Select[int, int, list[int], list[int]]:
    """Ask for a board in use by `code`, changes of what it shows, and what that is."""
    shows = select(BoardShow.resource_id).where(BoardShow.board_id == Board.id)
    desks = select(BoardShow.counter_id).where(BoardShow.board_id == Board.id)
    of_desks = BoardShow.counter_id.is_not(None)
    counted = (
        _changes()
        .where(
            Queue.facility_id == Board.facility_id,
            or_(
                Queue.resource_id.in_(shows.correlate(Board)),
                # Whichever queue somebody is called from, it may be to that counter.
                desks.where(of_desks).correlate(Board).exists(),
            ),
        )
        .correlate(Board)
    )
    of_queues = BoardShow.resource_id.is_not(None)
    return select(
        Board.id,
        counted.scalar_subquery().label("counted"),
        func.array(shows.where(of_queues).scalar_subquery()).label("resources"),
        func.array(desks.where(of_desks).scalar_subquery()).label("counters"),
    ).where(Board.code == bindparam("code"), Board.active)


def near() -> ColumnElement[bool]:
    """Ask for queues of days that are today somewhere: no zone is known here."""
    return Queue.day.between(bindparam("first_day"), bindparam("last_day"))


def moment(now: datetime) -> dict[str, Any]:
    """Give what `NOW` and `near` are at a moment."""
    return {
        "now": now,
        "first_day": (now - _DAY).date(),
        "last_day": (now + _DAY).date(),
    }


def _changes() -> Select[int]:
    return (
        select(func.count())
        .select_from(QueueChange)
        .join(Queue, Queue.id == QueueChange.queue_id)
        .where(near(), QueueChange.at <= NOW)
    )


# Made once: to make a statement costs more than to ask it.
_MARK = Constant(marked())
_BOARD = board_head().add_columns(Board.revision, Board.facility_id)


def _of_facility(facility_id: int) -> str:
    return f"queues:{facility_id}"


def _name(queue_id: UUID) -> str:
    return f"queue:{queue_id}:version"
