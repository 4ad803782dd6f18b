"""Facilities and what is in them."""

from typing import Any
from uuid import UUID

from app.api.blueprint import Part
from app.api.schemas.directory import (
    DepartmentsSchema,
    FacilitiesSchema,
    ResourceChangeSchema,
    ResourceSchema,
    ResourcesSchema,
    TypesSchema,
)
from app.core import clock
from app.directory import queries as directory
from app.directory import service
from app.directory.views import DepartmentView, FacilityView, ResourceView, TypeView
from app.doors import current

bp = Part("directory", "Facilities, departments, resources and appointment types")


@bp.get("/facilities")
@bp.response(200, FacilitiesSchema)
def facilities() -> dict[str, list[FacilityView]]:
    """List the facilities whose calendar the caller may see."""
    return {"facilities": directory.facilities(by=current.actor())}


@bp.get("/facilities/<uuid:facility_id>/departments")
@bp.response(200, DepartmentsSchema)
def departments(facility_id: UUID) -> dict[str, list[DepartmentView]]:
    """List the departments of a facility."""
    by = current.actor()
    facility = directory.facility_by_id(facility_id, by=by)
    return {"departments": directory.departments(facility, by=by)}


@bp.get("/facilities/<uuid:facility_id>/resources")
@bp.response(200, ResourcesSchema)
def resources(facility_id: UUID) -> dict[str, list[ResourceView]]:
    """List what can be scheduled in a facility."""
    by = current.actor()
    facility = directory.facility_by_id(facility_id, by=by)
    return {"resources": directory.resources(facility, by=by)}


@bp.patch("/resources/<uuid:resource_id>")
@bp.arguments(ResourceChangeSchema)
@bp.response(200, ResourceSchema)
def change_resource(asked: dict[str, Any], resource_id: UUID) -> ResourceView:
    """Change what of a resource is named: what it is called and holds, or its use."""
    by, now = current.actor(), clock.now()
    return service.change_resource(resource_id, by=by, now=now, **asked)


@bp.get("/types")
@bp.response(200, TypesSchema)
def types() -> dict[str, list[TypeView]]:
    """List the appointment types in use."""
    return {"types": directory.types(by=current.actor())}
