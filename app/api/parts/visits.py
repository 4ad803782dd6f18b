"""Visits: who arrives, starts, ends or does not come; who joins; taking it back."""

from typing import Any
from uuid import UUID

from app.api import headers
from app.api.blueprint import Part
from app.api.schemas.appointments import AppointmentSchema
from app.api.schemas.lifecycle import AttendingSchema, ChangingSchema, JoiningSchema
from app.booking import service
from app.booking.views import AppointmentView
from app.core import clock
from app.doors import current

bp = Part("visits", "Steps of a visit, no-show, undo, and who takes part")


@bp.post("/appointments/<uuid:appointment_id>/attend")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.arguments(AttendingSchema)
@bp.response(200, AppointmentSchema)
def attend(asked: dict[str, Any], appointment_id: UUID) -> AppointmentView:
    """Let everybody, or one of a group, make a step of the visit."""
    return service.attend(
        appointment_id,
        asked["to"],
        by=current.actor(),
        now=clock.now(),
        patient_id=asked["patient_id"],
        revision=headers.revision(asked["revision"]),
    )


@bp.post("/appointments/<uuid:appointment_id>/no-show")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.arguments(ChangingSchema)
@bp.response(200, AppointmentSchema)
def no_show(asked: dict[str, Any], appointment_id: UUID) -> AppointmentView:
    """Mark that nobody, or one of a group, did not come."""
    return service.no_show(
        appointment_id,
        by=current.actor(),
        now=clock.now(),
        patient_id=asked["patient_id"],
        revision=headers.revision(asked["revision"]),
    )


@bp.post("/appointments/<uuid:appointment_id>/undo")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.response(200, AppointmentSchema)
def undo(appointment_id: UUID) -> AppointmentView:
    """Take the caller's last move back, if its place is free still."""
    return service.undo(
        appointment_id,
        by=current.actor(),
        now=clock.now(),
        revision=headers.revision(None),
    )


@bp.post("/appointments/<uuid:appointment_id>/participants")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.arguments(JoiningSchema)
@bp.response(200, AppointmentSchema)
def join(asked: dict[str, Any], appointment_id: UUID) -> AppointmentView:
    """Let one more take part in a timed booking, in a role."""
    return service.add_participant(
        appointment_id,
        asked["patient_id"],
        by=current.actor(),
        now=clock.now(),
        revision=headers.revision(asked["revision"]),
        role=asked["role"],
    )


@bp.post("/appointments/<uuid:appointment_id>/participants/<uuid:patient_id>/remove")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.response(200, AppointmentSchema)
def leave(appointment_id: UUID, patient_id: UUID) -> AppointmentView:
    """Let one patient leave a group."""
    return service.remove_participant(
        appointment_id,
        patient_id,
        by=current.actor(),
        now=clock.now(),
        revision=headers.revision(None),
    )
