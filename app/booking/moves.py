"""Changes of status, remembered so that the last one can be taken back."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, text

from app.booking.errors import UndoError
from app.booking.models import Appointment, StatusMove
from app.booking.states import UNDOABLE, Status
from app.booking.tokens import Drawn
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.connections import as_json
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
            "people": _stood(before),
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


def make(
    before: AppointmentView,
    after: AppointmentView,
    drawn: Mapping[int, Drawn],
    *,
    by: Actor,
    now: datetime,
) -> int:
    """
    Write a move of a visit, for its appointment and people, and how they stood before.

    `drawn` are the numbers that patients were given. Give the appointment's row number.
    Rows that were read are let go: whoever needs them again reads them anew.
    """
    came = [
        {
            "patient": each.patient.id,
            "status": each.status,
            "arrived_at": each.arrived_at,
            "token": drawn[each.patient.id].id if each.patient.id in drawn else None,
        }
        for each in after.participants
    ]
    db.session.flush()
    row: int = _MADE.send(
        {
            "id": before.id,
            "revision": after.revision,
            "was": before.status.value,
            "became": after.status.value,
            "hold_expires_at": after.hold_expires_at,
            "offered_at": after.offered_at,
            "came": as_json(came),
            "people": as_json(_stood(before)),
            "actor": by.key,
            "at": now,
        }
    ).scalar_one()
    db.session.expire_all()
    return row


_MADE = Constant(
    text(
        """
WITH moved AS (
  UPDATE appointments SET status = :became, revision = :revision,
    hold_expires_at = :hold_expires_at, offered_at = :offered_at
  WHERE public_id = :id RETURNING id
), came AS (
  UPDATE participants p SET status = c.status, arrived_at = c.arrived_at,
    token_id = coalesce(c.token, p.token_id)
  FROM moved, jsonb_to_recordset(CAST(:came AS jsonb))
    AS c(patient bigint, status text, arrived_at timestamptz, token bigint)
  WHERE p.appointment_id = moved.id AND p.patient_id = c.patient
)
INSERT INTO status_moves (appointment_id, revision, was, became, people, actor, at)
SELECT id, :revision, :was, :became, CAST(:people AS jsonb), :actor, :at FROM moved
RETURNING appointment_id
"""
    )
)


def _stood(told: AppointmentView) -> dict[str, Status]:
    """Say how each stands, by patient."""
    return {str(each.patient.id): each.status for each in told.participants}


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
