"""Acts in a queue, remembered with how things stood, so that they can be taken back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from app.audit import internal as audit
from app.booking.errors import UndoError
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db
from app.queues import lines, nearing, recording, versions
from app.queues.events import QueueChanged
from app.queues.kinds import Act, How
from app.queues.models import Encounter, Queue, QueueAct, QueueEntry

# "A short while": as long as booking gives for a move of an appointment.
WHILE = timedelta(minutes=10)

_ENTRY = (
    "queue_id",
    "state",
    "tier",
    "due_at",
    "parts",
    "present_at",
    "level",
    "skips",
    "stands_at",
    "stands_rank",
    "boost_minutes",
    "boost_by",
    "boost_reason",
    "boost_expires_at",
    "counter_id",
    "called_at",
    "first_called_at",
    "calls",
    "in_room_since",
)
_ENCOUNTER = ("state", "resource_id", "started_at", "ended_at", "room_seconds")
_QUEUE = ("paused_at", "late_minutes", "notice")
_MOMENTS = frozenset({"started_at", "ended_at", "in_room_since"}) | frozenset(
    name for name in (*_ENTRY, *_QUEUE) if name.endswith("_at")
)


def snapshot(entry: QueueEntry) -> dict[str, Any]:
    """Write down how somebody stands in a queue, and their visit."""
    visit = db.session.get_one(Encounter, entry.encounter_id)
    return {"entry": _stands(entry), "encounter": _state(visit)}


def _stands(entry: QueueEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _ENTRY}


def _state(visit: Encounter) -> dict[str, Any]:
    return {name: getattr(visit, name) for name in _ENCOUNTER}


def snapshot_of(queue: Queue) -> dict[str, Any]:
    """Write down whether a queue pauses or is late."""
    return {"queue": {name: getattr(queue, name) for name in _QUEUE}}


def remember(
    queue: Queue,
    entry: QueueEntry | None,
    act: Act,
    before: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    **why: Any,
) -> None:
    """Keep an act to be taken back, leave its line in the trail, turn the version."""
    db.session.flush()
    done = {
        "entry_id": entry.id if entry is not None else None,
        "act": act,
        "actor": by.key,
        "before": audit.plain(before),
    }
    after = snapshot_of(queue) if entry is None else snapshot(entry)
    subject = _subject(queue, entry)
    audit.record(
        f"{subject.kind}.{act.value}",
        subject,
        by=by,
        now=now,
        before=_differs(before, after),
        after=_differs(after, before) | why,
    )
    nearing.acted(queue, done, now=now)
    house.emit(QueueChanged(queue.public_id, by=by, now=now))


def arrived(
    queue: Queue,
    entry: QueueEntry,
    visit: Encounter,
    how: How,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Write an arrival with its act, its line in the trail, and the version's turn."""
    audit.record(
        f"queue_entry.{Act.CHECK_IN}",
        _subject(queue, entry),
        by=by,
        now=now,
        before={},
        after={**_stands(entry), **_state(visit), "how": how},
    )
    recording.record(visit, entry, how, by=by)
    versions.forget(queue)
    house.emit(QueueChanged(queue.public_id, by=by, now=now))


def last(
    queue: Queue, entry: QueueEntry | None, *, by: Actor, now: datetime
) -> QueueAct:
    """
    Give the last act on somebody, or on a queue itself, if this actor may take it back.

    :raises UndoError: saying why not
    """
    found = db.session.scalar(
        select(QueueAct)
        .where(
            _about(queue, entry),
            QueueAct.undone_at.is_(None),
        )
        .order_by(QueueAct.id.desc())
        .limit(1)
    )
    if found is None:
        raise UndoError(reason="nothing")
    if found.actor != by.key:
        raise UndoError(reason="other")
    if now - found.at > WHILE:
        raise UndoError(reason="late", minutes=WHILE // timedelta(minutes=1))
    return found


def go_back(
    act: QueueAct, queue: Queue, entry: QueueEntry | None, *, by: Actor, now: datetime
) -> None:
    """
    Put things as they stood before an act; whatever came after it is undone too.

    :raises UndoError: if it was taken back already
    """
    gone = db.session.execute(
        update(QueueAct)
        .where(
            _about(queue, entry),
            QueueAct.id >= act.id,
            QueueAct.undone_at.is_(None),
        )
        .values(undone_at=now)
        .returning(QueueAct.id)
    ).all()
    if not gone:
        raise UndoError(reason="nothing")
    _restore(act, queue, entry)
    subject = _subject(queue, entry)
    audit.record(
        f"{subject.kind}.undone",
        subject,
        by=by,
        now=now,
        after={"act": act.act, "of": act.at},
    )
    lines.changed(queue, by=by, now=now)


def acted(entry: QueueEntry, act: Act) -> QueueAct | None:
    """Give the last act of a kind on somebody that was not taken back."""
    return db.session.scalar(
        select(QueueAct)
        .where(
            QueueAct.entry_id == entry.id,
            QueueAct.act == act,
            QueueAct.undone_at.is_(None),
        )
        .order_by(QueueAct.id.desc())
        .limit(1)
    )


def _restore(act: QueueAct, queue: Queue, entry: QueueEntry | None) -> None:
    rows: dict[str, Any] = {"queue": queue}
    if entry is not None:
        rows["entry"] = entry
        rows["encounter"] = db.session.get_one(Encounter, entry.encounter_id)
    for kind, values in act.before.items():
        for name, value in values.items():
            if name in _MOMENTS and value is not None:
                setattr(rows[kind], name, datetime.fromisoformat(value))
            else:
                setattr(rows[kind], name, value)
    db.session.flush()
    for row in rows.values():
        # What was kept as text is a state again once it is read.
        db.session.expire(row)


def _about(queue: Queue, entry: QueueEntry | None) -> ColumnElement[bool]:
    """Name the acts on somebody, in whichever queue, or those on a queue itself."""
    if entry is not None:
        return QueueAct.entry_id == entry.id
    return and_(QueueAct.queue_id == queue.id, QueueAct.entry_id.is_(None))


def _subject(queue: Queue, entry: QueueEntry | None) -> audit.Subject:
    if entry is None:
        return audit.Subject("queue", queue.public_id, queue.facility_id)
    return audit.Subject("queue_entry", entry.public_id, queue.facility_id)


def _differs(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Give what of one snapshot is otherwise in the other."""
    return {
        name: value
        for kind, values in one.items()
        for name, value in values.items()
        if other.get(kind, {}).get(name) != value
    }
