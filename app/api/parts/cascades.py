"""Leave and maintenance over bookings: whom they meet, where these go, and back."""

from typing import Any
from uuid import UUID

from app.api import headers
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.cascades import (
    AbsenceAsked,
    AbsenceSchema,
    AppliedAllSchema,
    ApplyingSchema,
    CascadeSchema,
    CascadesSchema,
    ListingSchema,
    Planned,
    PlannedMaintenanceSchema,
)
from app.api.schemas.hours import WindowAsked, WindowSchema
from app.booking import leave_queries as queries
from app.booking import service
from app.booking.views import AppliedView, CascadeView, Chosen
from app.core import clock
from app.doors import current

bp = Part("cascades", "Leave and maintenance over bookings, and where these go")


@bp.get("/facilities/<uuid:facility_id>/cascades")
@bp.arguments(WindowSchema(only=("start", "end")), location="query")
@bp.response(200, CascadesSchema)
def index(asked: WindowAsked, facility_id: UUID) -> dict[str, Any]:
    """List leave and maintenance that met bookings, and what became of how many."""
    facility = facility_of(facility_id)
    found = queries.cascades(facility, asked.window, by=current.actor())
    return {"cascades": found}


@bp.post("/facilities/<uuid:facility_id>/absences")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(AbsenceSchema)
@bp.response(201, CascadeSchema)
def mark_absent(asked: AbsenceAsked, facility_id: UUID) -> CascadeView:
    """Let somebody be away; lists whom it meets, with places held for them."""
    order = asked.order(facility_of(facility_id).public_id, headers.once())
    return service.mark_absent(order, by=current.actor(), now=clock.now())


@bp.post("/facilities/<uuid:facility_id>/maintenance/plan")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(PlannedMaintenanceSchema)
@bp.response(201, CascadeSchema)
def plan_maintenance(asked: Planned, facility_id: UUID) -> CascadeView:
    """Take a resource out of service around bookings, moving or notifying them."""
    return service.plan_maintenance(
        asked.asked.order(facility_of(facility_id).public_id),
        asked.handling(headers.once()),
        by=current.actor(),
        now=clock.now(),
    )


@bp.get("/cascades/<uuid:cascade_id>")
@bp.response(200, CascadeSchema)
def show(cascade_id: UUID) -> CascadeView:
    """Read what leave or maintenance meets, and what is held for each."""
    return queries.cascade(cascade_id, by=current.actor(), now=clock.now())


@bp.post("/cascades/<uuid:cascade_id>/propose")
@bp.response(200, CascadeSchema)
def propose(cascade_id: UUID) -> CascadeView:
    """Hold places once more, for whom none is held any longer."""
    return service.propose(cascade_id, by=current.actor(), now=clock.now())


@bp.post("/cascades/<uuid:cascade_id>/apply")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(ApplyingSchema)
@bp.response(200, AppliedAllSchema)
def apply(asked: dict[str, list[Chosen]], cascade_id: UUID) -> AppliedView:
    """Move each appointment to the proposal chosen for it; a result for each."""
    return service.apply_proposals(
        cascade_id,
        asked["choices"],
        by=current.actor(),
        now=clock.now(),
        once=headers.once(),
    )


@bp.post("/cascades/<uuid:cascade_id>/list")
@bp.arguments(ListingSchema)
@bp.response(200, CascadeSchema)
def leave_to_list(asked: dict[str, list[UUID]], cascade_id: UUID) -> CascadeView:
    """Call appointments off that no proposal suits, and list them to be rebooked."""
    return service.leave_to_list(
        cascade_id, asked["appointments"], by=current.actor(), now=clock.now()
    )


@bp.post("/cascades/<uuid:cascade_id>/undo")
@bp.response(200, CascadeSchema)
def undo(cascade_id: UUID) -> CascadeView:
    """Take it back: what was moved returns where its place is still free."""
    return service.undo_cascade(cascade_id, by=current.actor(), now=clock.now())
