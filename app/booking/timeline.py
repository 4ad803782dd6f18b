"""How an appointment came to stand as it does, and whether that can be taken back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.audit.views import Line
from app.booking import eyes, moves, rows
from app.booking.errors import UndoError
from app.booking.models import Appointment
from app.booking.states import MOVES, Status
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import ForbiddenError


class Step(Struct, frozen=True):
    """
    One change of status, or of the place: who made it, when, and why.

    `undone` says that it took the one before it back.
    """

    at: datetime
    who: str
    status: Status
    moved: bool = False
    undone: bool = False
    reason: str = ""


class Timeline(Struct, frozen=True):
    """The steps in order of time, and until when who looks may undo the last."""

    steps: tuple[Step, ...]
    undo_until: datetime | None = None


def timeline(appointment: UUID, *, by: Actor, now: datetime) -> Timeline:
    """
    Give the statuses an appointment went through.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = rows.seen(appointment, by)
    steps = list(_steps(audit.lines("appointment", appointment)))
    if not _knows(told, by):
        # Why it was cancelled is said of a patient.
        steps = [
            Step(each.at, each.who, each.status, each.moved, each.undone)
            for each in steps
        ]
    return Timeline(tuple(steps), _until(told, by, now))


def _steps(lines: Sequence[Line]) -> Iterator[Step]:
    status: str | None = None
    for line in reversed(lines):
        after = line.after or {}
        became = after.get("status", status)
        moved = line.action == "appointment.moved"
        if became is None or (became == status and not moved):
            continue
        status = became
        yield Step(
            at=line.at,
            who=line.who,
            status=Status(became),
            moved=moved,
            undone=line.action == "appointment.undone",
            reason=after.get("reason") or "",
        )


def _knows(told: AppointmentView, by: Actor) -> bool:
    try:
        eyes.may_know(told, by)
    except ForbiddenError:
        return False
    return True


def _until(told: AppointmentView, by: Actor, now: datetime) -> datetime | None:
    """Tell until when the last move can be undone by who looks, if it can at all."""
    found = select(Appointment).where(Appointment.public_id == told.id)
    try:
        move = moves.last(db.session.scalars(found).one(), by=by, now=now)
    except UndoError:
        return None
    needed = MOVES[move.was].get(move.became, Permission.CHECK_IN)
    scope = rows.scope_of(told)
    if not all(accounts.allowed(by, p, scope) for p in (Permission.REQUEST, needed)):
        return None
    return move.at + moves.WHILE
