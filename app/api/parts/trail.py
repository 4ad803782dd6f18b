"""The audit trail: of one object, or sought by actor, object and time."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.trail import FoundSchema, LinesSchema, SoughtSchema
from app.doors import current
from app.reports import audit_queries as queries
from app.reports.audit_queries import Asked, Found

bp = Part("trail", "Who did what to which object, and when; needs audit:view")


@bp.get("/objects/<kind>/<object_id>/trail")
@bp.response(200, LinesSchema)
def of_object(kind: str, object_id: str) -> dict[str, Any]:
    """Read what was done to an object, the latest first."""
    return {"lines": queries.history(kind, object_id, by=current.actor())}


@bp.get("/audit")
@bp.arguments(SoughtSchema, location="query")
@bp.response(200, FoundSchema)
def search(sought: tuple[Asked, UUID | None]) -> Found:
    """Find what was done, in the facilities whose trail the caller may see."""
    asked, facility_id = sought
    if facility_id is not None:
        asked = replace(asked, facility_id=facility_of(facility_id).id)
    return queries.search(asked, by=current.actor())
