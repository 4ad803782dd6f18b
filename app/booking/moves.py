"""Changes of status, remembered so that the last one can be taken back."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select

from app.booking.errors import UndoError
from app.booking.models import Appointment, StatusMove
from app.booking.states import UNDOABLE, Status
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import db, table

WHILE = timedelta(minutes=10)


def remember(
    before: AppointmentView, after: AppointmentView, *, by: Actor, now: datetime
) -> None:
    """Write down how an appointment and each participant stood before a move."""
    _MOVE.send(
        {
            "appointment": after.id,
            "revision": after.revision,
            "was": before.status,
            "became": after.status,
            "people": {str(p.patient.id): p.status for p in before.participants},
            "actor": by.key,
            "at": now,
        }
    )


_ROW = table(StatusMove).c
_VALUES = (_ROW.revision, _ROW.was, _ROW.became, _ROW.people, _ROW.actor, _ROW.at)
_MOVE = Constant(
    insert(table(StatusMove))
    .from_select(
        ["appointment_id", *(each.name for each in _VALUES)],
        select(
            table(Appointment).c.id,
            *(bindparam(each.name, type_=each.type) for each in _VALUES),
        ).where(table(Appointment).c.public_id == bindparam("appointment")),
    )
    .inline()
)


def last(booking: Appointment, *, by: Actor, now: datetime) -> StatusMove:
    """
    Give the last move of an appointment, if this actor may take it back still.

    :raises UndoError: saying why not
    """
    found = latest(booking)
    if found.actor != by.key:
        raise UndoError(reason="other")
    if now - found.at > WHILE:
        raise UndoError(reason="late", minutes=WHILE // timedelta(minutes=1))
    # What was held may be anybody's by now: a hold is taken anew, not back.
    if found.became not in UNDOABLE or found.was is Status.HELD:
        raise UndoError(reason="nothing")
    return found


def latest(booking: Appointment) -> StatusMove:
    """
    Give the move an appointment came to its present status by, whoever made it.

    :raises UndoError: if it was changed in another way since
    """
    found = db.session.scalar(
        select(StatusMove).where(
            StatusMove.appointment_id == booking.id,
            StatusMove.revision == booking.revision,
        )
    )
    if found is None:
        raise UndoError(reason="nothing")
    return found
