"""The waitlist: who waits, join, leave, accept or decline what is offered."""

from typing import Any
from uuid import UUID

from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.appointments import AppointmentSchema
from app.api.schemas.lifecycle import (
    NewWaitingSchema,
    WaitingSchema,
    WaitlistSchema,
    Wishes,
)
from app.booking import queries, service
from app.booking.views import AppointmentView, WaitingView
from app.core import clock
from app.doors import current

bp = Part("waitlist", "Who waits for a place, and the places offered to them")


@bp.get("/facilities/<uuid:facility_id>/waitlist")
@bp.response(200, WaitlistSchema)
def index(facility_id: UUID) -> dict[str, Any]:
    """List who waits, in the order in which they are offered places."""
    found = queries.waitlist(facility_of(facility_id), by=current.actor())
    return {"entries": found}


@bp.post("/facilities/<uuid:facility_id>/waitlist")
@bp.arguments(NewWaitingSchema)
@bp.response(201, WaitingSchema)
def join(wishes: Wishes, facility_id: UUID) -> WaitingView:
    """Let a patient wait for a place that fits."""
    order = wishes.at(facility_of(facility_id).public_id)
    return service.join_waitlist(order, by=current.actor(), now=clock.now())


@bp.post("/waitlist/<uuid:entry_id>/leave")
@bp.response(204)
def leave(entry_id: UUID) -> None:
    """Let somebody wait no longer."""
    service.leave_waitlist(entry_id, by=current.actor(), now=clock.now())


@bp.post("/offers/<uuid:offer_id>/accept")
@bp.response(200, AppointmentSchema)
def accept(offer_id: UUID) -> AppointmentView:
    """Turn an offered place into a booking."""
    return service.accept_offer(offer_id, by=current.actor(), now=clock.now())


@bp.post("/offers/<uuid:offer_id>/decline")
@bp.response(204)
def decline(offer_id: UUID) -> None:
    """Decline an offered place: the next in rank is offered it."""
    service.decline_offer(offer_id, by=current.actor(), now=clock.now())
