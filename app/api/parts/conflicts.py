"""The register of conflicts, the three ways out of one, and one way back."""

from uuid import UUID

from app.api.blueprint import Part
from app.api.schemas.resources import (
    ConflictSchema,
    ConflictsSchema,
    ConflictStatusSchema,
    InsteadSchema,
    ReasonSchema,
)
from app.booking import resource_queries as queries
from app.booking import service
from app.booking.kinds import Outcome
from app.booking.views import ConflictView
from app.core import clock
from app.doors import current

bp = Part("conflicts", "Bookings and resources that do not fit together")


@bp.get("/facilities/<uuid:facility_id>/conflicts")
@bp.arguments(ConflictStatusSchema, location="query")
@bp.response(200, ConflictsSchema)
def index(status: Outcome | None, facility_id: UUID) -> dict[str, list[ConflictView]]:
    """List the conflicts of a facility, the earliest trouble first."""
    found = queries.conflicts(facility_id, by=current.actor(), status=status)
    return {"conflicts": found}


@bp.post("/conflicts/<uuid:conflict_id>/reassign")
@bp.arguments(InsteadSchema)
@bp.response(200, ConflictSchema)
def reassign(to: UUID, conflict_id: UUID) -> ConflictView:
    """Solve a conflict by giving its appointment another resource."""
    return service.reassign_conflict(
        conflict_id, to, by=current.actor(), now=clock.now()
    )


@bp.post("/conflicts/<uuid:conflict_id>/approve")
@bp.arguments(ReasonSchema)
@bp.response(200, ConflictSchema)
def approve(reason: str, conflict_id: UUID) -> ConflictView:
    """Let a conflict stand, for a reason."""
    return service.approve_conflict(
        conflict_id, reason, by=current.actor(), now=clock.now()
    )


@bp.post("/conflicts/<uuid:conflict_id>/cancel")
@bp.arguments(ReasonSchema)
@bp.response(200, ConflictSchema)
def cancel(reason: str, conflict_id: UUID) -> ConflictView:
    """Solve a conflict by cancelling its first appointment."""
    return service.cancel_conflict(
        conflict_id, reason, by=current.actor(), now=clock.now()
    )


@bp.post("/conflicts/<uuid:conflict_id>/reopen")
@bp.response(200, ConflictSchema)
def reopen(conflict_id: UUID) -> ConflictView:
    """Take back that a conflict may stand."""
    return service.reopen_conflict(conflict_id, by=current.actor(), now=clock.now())
