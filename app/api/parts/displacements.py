"""What is more urgent: times over token slots, emergencies, and the rebooking list."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from app.api import headers
from app.api.blueprint import Part
from app.api.places import Wish, advice, facility_of, whom_of
from app.api.schemas.displacements import (
    DisplacementSchema,
    EmergencySchema,
    ForeseenSchema,
    Instead,
    OverSlotsSchema,
    Pressing,
    RebookingSchema,
    RebookingsSchema,
    RebookingStatusSchema,
    RebookSchema,
)
from app.api.schemas.resources import ReasonSchema
from app.booking import displacement_queries as queries
from app.booking import service
from app.booking.kinds import Rebook
from app.booking.views import DisplacementView, NewTimed, Once, RebookingView
from app.core import clock
from app.core.actor import Actor
from app.doors import current

bp = Part("displacements", "What gives way to something more urgent")

_PLACE = "/facilities/<uuid:facility_id>"


@bp.post(f"{_PLACE}/slot-overrides")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(OverSlotsSchema)
@bp.response(201, DisplacementSchema)
def over_slots(asked: Pressing, facility_id: UUID) -> DisplacementView:
    """Book a time over token slots: they close, and their tokens go on."""
    return _ask(service.book_over_slots, asked, facility_id, once=headers.once())


@bp.post(f"{_PLACE}/slot-overrides/preview")
@bp.arguments(OverSlotsSchema)
@bp.response(200, ForeseenSchema)
def preview_over_slots(asked: Pressing, facility_id: UUID) -> DisplacementView:
    """Tell what a time over token slots would come to; nothing of it is kept."""
    return _ask(queries.preview_over_slots, asked, facility_id)


@bp.post(f"{_PLACE}/emergencies")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(EmergencySchema)
@bp.response(201, DisplacementSchema)
def emergency(asked: Pressing, facility_id: UUID) -> DisplacementView:
    """Book an emergency in a theatre: cases of lower priority give way to it."""
    return _ask(service.admit_emergency, asked, facility_id, once=headers.once())


@bp.post(f"{_PLACE}/emergencies/preview")
@bp.arguments(EmergencySchema)
@bp.response(200, ForeseenSchema)
def preview_emergency(asked: Pressing, facility_id: UUID) -> DisplacementView:
    """Tell what an emergency would come to; nothing of it is kept."""
    return _ask(queries.preview_emergency, asked, facility_id)


@bp.get("/displacements/<uuid:displacement_id>")
@bp.response(200, DisplacementSchema)
def show(displacement_id: UUID) -> DisplacementView:
    """Read for what others gave way, who decided it, why, and what moved."""
    return queries.displacement(displacement_id, by=current.actor())


@bp.get(f"{_PLACE}/rebookings")
@bp.arguments(RebookingStatusSchema, location="query")
@bp.response(200, RebookingsSchema)
def rebookings(status: Rebook | None, facility_id: UUID) -> dict[str, Any]:
    """List who waits for another place, the longest first."""
    found = queries.rebookings(
        facility_of(facility_id), by=current.actor(), status=status
    )
    return {"entries": found}


@bp.post("/rebookings/<uuid:rebooking_id>/propose")
@bp.response(200, RebookingSchema)
def propose(rebooking_id: UUID) -> RebookingView:
    """Hold the next place at which all that is needed is free together."""
    return service.propose_rebooking(rebooking_id, by=current.actor(), now=clock.now())


@bp.post("/rebookings/<uuid:rebooking_id>/book")
@bp.arguments(RebookSchema)
@bp.response(200, RebookingSchema)
def book(asked: Instead, rebooking_id: UUID) -> RebookingView:
    """Book the place that is held, or another one."""
    return service.rebook(rebooking_id, asked.to, by=current.actor(), now=clock.now())


@bp.post("/rebookings/<uuid:rebooking_id>/drop")
@bp.arguments(ReasonSchema)
@bp.response(200, RebookingSchema)
def drop(reason: str, rebooking_id: UUID) -> RebookingView:
    """Strike somebody off the list; what was held for them is free again."""
    return service.drop_rebooking(
        rebooking_id, reason, by=current.actor(), now=clock.now()
    )


class _Act(Protocol):
    """What an urgent booking is asked of: the act, or its preview."""

    def __call__(
        self, order: NewTimed, reason: str, /, *, by: Actor, now: datetime
    ) -> DisplacementView: ...


def _ask(
    act: _Act, asked: Pressing, facility_id: UUID, once: Once | None = None
) -> DisplacementView:
    now = clock.now()
    order = asked.order(facility_id=facility_id, channel="api", once=once)
    first = order.resources[0].resource_id
    whom = whom_of(order.patient_id)
    wish = Wish(facility_id, first, order.type_id, order.starts_at, whom=whom)
    with advice(wish, now=now):
        return act(order, asked.reason, by=current.actor(), now=now)
