"""
Who comes near the front is told of it, once: found as the act is kept that moved them.

Whoever has just come is near at once or not, and sees it: only who moves up is told.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from app.audit import internal as audit
from app.booking import internal as booking
from app.core.constant import Constant
from app.core.db import Instant, table
from app.directory import internal as directory
from app.notifications import internal as notifications
from app.notifications.kinds import Told
from app.notifications.views import Note, To
from app.queues import order, versions
from app.queues.kinds import EntryIs
from app.queues.models import Queue, QueueAct, QueueEntry

# So many before them who wait, and it is time to be here.
AHEAD = 3


def acted(queue: Queue, act: Mapping[str, Any], *, now: datetime) -> None:
    """
    Keep an act, turn the version, and tell who comes near by it: one statement.

    It takes the lines along that wait for the trail.
    """
    named = {**act, **_about(queue, now), "trail": audit.along()}
    _tell(queue, _ACT.send(named).all(), now=now)
    versions.forget(queue)


def changed(queue: Queue, *, now: datetime) -> None:
    """Turn the version of a queue, and tell who comes near by what changed it."""
    _tell(queue, _CHANGE.send(_about(queue, now)).all(), now=now)
    versions.forget(queue)


def come_up(queue: Queue, *, now: datetime) -> None:
    """Tell who is near and was not told, where no act moved them."""
    _tell(queue, _NEAR.send(_about(queue, now)).all(), now=now)


def _about(queue: Queue, now: datetime) -> dict[str, Any]:
    return {"queue_id": queue.id, "resource_id": queue.resource_id, "at": now}


def _tell(
    queue: Queue, near: Iterable[Row[*tuple[Any, ...]]], *, now: datetime
) -> None:
    notifications.queue(
        [
            _note(queue, booking.addressee(row.whom), row.name, row.place - 1)
            for row in near
            if row.arrived_at < now
        ],
        now=now,
    )


def _note(queue: Queue, whom: booking.Addressee, name: str, ahead: int) -> Note:
    return Note(
        to=To(patient_id=whom.patient_id),
        kind=Told.NEAR,
        facility_id=queue.facility_id,
        appointment_id=whom.appointment_id,
        # Of a visit once, however often it goes back and forth.
        event=str(whom.appointment_id),
        data={
            "reference": whom.reference,
            "token": whom.token,
            "with": name,
            "ahead": ahead,
            "secret": whom.secret,
        },
    )


def _marked() -> ReturningUpdate[Any]:
    """Mark who of `queue_id` is near at `at` and was not before; give whom to tell."""
    at, entries = bindparam("at", type_=Instant()), table(QueueEntry)
    ranked = (
        select(
            QueueEntry.id,
            func.row_number().over(order_by=order.by(at)).label("place"),
        )
        .where(
            QueueEntry.queue_id == bindparam("queue_id"),
            QueueEntry.open,
            QueueEntry.state == EntryIs.WAITING,
        )
        .subquery()
    )
    return (
        update(entries)
        .where(
            entries.c.id == ranked.c.id,
            entries.c.near_at.is_(None),
            ranked.c.place <= AHEAD + 1,
        )
        .values({entries.c.near_at: at})
        .returning(
            entries.c.arrived_at,
            ranked.c.place,
            booking.beside(entries.c.participant_id).label("whom"),
            directory.name_of(bindparam("resource_id")).label("name"),
        )
    )


_MARK = versions.marked().cte("mark")
_NEAR = Constant(_marked())
_CHANGE = Constant(_marked().add_cte(_MARK))
# The act, the mark that turns the version, who is near, and the trail: one statement.
_ACT = Constant(
    _marked().add_cte(
        insert(table(QueueAct))
        .values(
            {
                each: bindparam(each.name)
                for each in table(QueueAct).c
                if each.name not in {"id", "undone_at"}
            }
        )
        .inline()
        .cte("act"),
        _MARK,
        audit.trail(),
    )
)
