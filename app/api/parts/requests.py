"""Requests: list those that wait, approve one, deny one."""

from typing import Any
from uuid import UUID

from app.api import headers
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.appointments import AppointmentSchema
from app.api.schemas.lifecycle import RequestsSchema
from app.api.schemas.orders import Cancelling, CancellingSchema
from app.booking import queries, service
from app.booking.views import AppointmentView
from app.core import clock
from app.doors import current

bp = Part("requests", "Bookings that wait for approval: list, approve, deny")


@bp.get("/facilities/<uuid:facility_id>/requests")
@bp.response(200, RequestsSchema)
def index(facility_id: UUID) -> dict[str, Any]:
    """List what waits to be decided, the oldest first."""
    found = queries.requests(facility_of(facility_id), by=current.actor())
    return {"appointments": found}


@bp.post("/appointments/<uuid:appointment_id>/approve")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.response(200, AppointmentSchema)
def approve(appointment_id: UUID) -> AppointmentView:
    """Approve a request whose place is still offered; draw its number."""
    return service.approve(
        appointment_id,
        by=current.actor(),
        now=clock.now(),
        revision=headers.revision(None),
    )


@bp.post("/appointments/<uuid:appointment_id>/deny")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.arguments(CancellingSchema)
@bp.response(200, AppointmentSchema)
def deny(asked: Cancelling, appointment_id: UUID) -> AppointmentView:
    """Deny a request with a reason, and give its place back."""
    return service.deny(
        appointment_id,
        asked.reason,
        by=current.actor(),
        now=clock.now(),
        revision=headers.revision(asked.revision),
    )
