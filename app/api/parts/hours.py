"""Hours: schedules and their versions, exceptions, holidays, maintenance, previews."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.hours import (
    Editing,
    EditingSchema,
    ExceptionsSchema,
    MadeSchema,
    MaintenanceAsked,
    MaintenancesSchema,
    NewExceptionSchema,
    NewMaintenanceSchema,
    NewScheduleSchema,
    OfferableSchema,
    RevokingSchema,
    ScheduleAsked,
    StrandedSchema,
    VersionsSchema,
    WindowAsked,
    WindowSchema,
)
from app.availability import queries, service
from app.availability.views import NewException, Offerable
from app.booking import queries as booking
from app.core import clock
from app.directory import queries as directory
from app.directory.views import FacilityView, ResourceView, TypeView
from app.doors import current

bp = Part("hours", "Schedules, exceptions, holidays and maintenance, with previews")

_PLACE = "/facilities/<uuid:facility_id>"

Made = dict[str, UUID]
Stranded = dict[str, list[booking.Stranded]]


@bp.get(f"{_PLACE}/schedules")
@bp.response(200, VersionsSchema)
def own_schedule(facility_id: UUID) -> dict[str, Any]:
    """Read every version of the facility's own hours."""
    return _versions(facility_of(facility_id), None)


@bp.get(f"{_PLACE}/resources/<uuid:resource_id>/schedules")
@bp.response(200, VersionsSchema)
def schedule(facility_id: UUID, resource_id: UUID) -> dict[str, Any]:
    """Read every version of a resource's hours."""
    facility = facility_of(facility_id)
    resource = directory.resource(facility, resource_id, by=current.actor())
    return _versions(facility, resource)


@bp.post(f"{_PLACE}/schedules")
@bp.arguments(NewScheduleSchema)
@bp.response(201, MadeSchema)
def set_schedule(asked: ScheduleAsked, facility_id: UUID) -> Made:
    """Set hours, and end the version before them."""
    order = asked.order(facility_of(facility_id).public_id, _types())
    return {"id": service.set_schedule(order, by=current.actor(), now=clock.now())}


@bp.post(f"{_PLACE}/schedules/preview")
@bp.arguments(NewScheduleSchema)
@bp.response(200, StrandedSchema)
def preview_schedule(asked: ScheduleAsked, facility_id: UUID) -> Stranded:
    """List the bookings that hours would strand, before they are set."""
    order = asked.order(facility_of(facility_id).public_id, _types())
    return _told(booking.impact(order, by=current.actor(), now=clock.now()))


@bp.post("/availabilities/<uuid:availability_id>/edit")
@bp.arguments(EditingSchema)
@bp.response(200, MadeSchema)
def edit_session(asked: Editing, availability_id: UUID) -> Made:
    """Change one session from a day on, or leave it out; makes a new version."""
    change = asked.session.known(_types(), "session") if asked.session else None
    made = service.edit_session(
        availability_id, change, asked.from_day, by=current.actor(), now=clock.now()
    )
    return {"id": made}


@bp.get(f"{_PLACE}/exceptions")
@bp.arguments(WindowSchema, location="query")
@bp.response(200, ExceptionsSchema)
def exceptions(asked: WindowAsked, facility_id: UUID) -> dict[str, Any]:
    """List time away and added; with `holidays`, only of the facility as a whole."""
    facility = facility_of(facility_id)
    found = queries.exceptions(
        facility,
        asked.window,
        by=current.actor(),
        resource=_resource(facility, asked),
        holidays=asked.holidays,
    )
    return {"exceptions": found}


@bp.post(f"{_PLACE}/exceptions")
@bp.arguments(NewExceptionSchema)
@bp.response(201, MadeSchema)
def add_exception(asked: NewException, facility_id: UUID) -> Made:
    """Take time away or add it, of a resource or, as a holiday, of the facility."""
    order = replace(asked, facility_id=facility_of(facility_id).public_id)
    return {"id": service.add_exception(order, by=current.actor(), now=clock.now())}


@bp.post(f"{_PLACE}/exceptions/preview")
@bp.arguments(NewExceptionSchema)
@bp.response(200, StrandedSchema)
def preview_exception(asked: NewException, facility_id: UUID) -> Stranded:
    """List the bookings that an exception would strand, before it is made."""
    order = replace(asked, facility_id=facility_of(facility_id).public_id)
    return _told(booking.impact(order, by=current.actor(), now=clock.now()))


@bp.post("/exceptions/<uuid:exception_id>/revoke")
@bp.response(204)
def revoke_exception(exception_id: UUID) -> None:
    """Take an exception back."""
    service.revoke_exception(exception_id, by=current.actor(), now=clock.now())


@bp.get(f"{_PLACE}/maintenance")
@bp.arguments(WindowSchema, location="query")
@bp.response(200, MaintenancesSchema)
def maintenance(asked: WindowAsked, facility_id: UUID) -> dict[str, Any]:
    """List maintenance of one resource, or of all."""
    facility = facility_of(facility_id)
    found = queries.maintenance(
        facility,
        asked.window,
        by=current.actor(),
        resource=_resource(facility, asked),
    )
    return {"maintenance": found}


@bp.post(f"{_PLACE}/maintenance")
@bp.arguments(NewMaintenanceSchema)
@bp.response(201, MadeSchema)
def add_maintenance(asked: MaintenanceAsked, facility_id: UUID) -> Made:
    """Take a resource out of service, once or again and again."""
    order = asked.order(facility_of(facility_id).public_id)
    return {"id": service.add_maintenance(order, by=current.actor(), now=clock.now())}


@bp.post(f"{_PLACE}/maintenance/preview")
@bp.arguments(NewMaintenanceSchema)
@bp.response(200, StrandedSchema)
def preview_maintenance(asked: MaintenanceAsked, facility_id: UUID) -> Stranded:
    """List the bookings that maintenance would strand, before it is made."""
    order = asked.order(facility_of(facility_id).public_id)
    return _told(booking.impact(order, by=current.actor(), now=clock.now()))


@bp.post("/maintenance/<uuid:maintenance_id>/revoke")
@bp.arguments(RevokingSchema)
@bp.response(204)
def revoke_maintenance(asked: dict[str, bool], maintenance_id: UUID) -> None:
    """Take maintenance back, alone or with all that follow in its series."""
    service.revoke_maintenance(
        maintenance_id, by=current.actor(), now=clock.now(), **asked
    )


@bp.get(f"{_PLACE}/stranded")
@bp.arguments(WindowSchema, location="query")
@bp.response(200, StrandedSchema)
def stranded(asked: WindowAsked, facility_id: UUID) -> Stranded:
    """List the live bookings whose place nothing offers any more."""
    facility = facility_of(facility_id)
    found = booking.stranded(
        facility,
        asked.window,
        by=current.actor(),
        now=clock.now(),
        resource=_resource(facility, asked),
    )
    return _told(found)


@bp.get(f"{_PLACE}/resources/<uuid:resource_id>/check")
@bp.arguments(WindowSchema, location="query")
@bp.response(200, OfferableSchema)
def check(asked: WindowAsked, facility_id: UUID, resource_id: UUID) -> Offerable:
    """Ask whether a span is offered, and why not."""
    facility, by = facility_of(facility_id), current.actor()
    resource = directory.resource(facility, resource_id, by=by)
    return queries.check(facility, resource, asked.window, by=by, type_id=asked.type_id)


def _types() -> Mapping[UUID, TypeView]:
    return {each.public_id: each for each in directory.types(by=current.actor())}


def _resource(facility: FacilityView, asked: WindowAsked) -> ResourceView | None:
    if asked.resource_id is None:
        return None
    return directory.resource(facility, asked.resource_id, by=current.actor())


def _told(found: list[booking.Stranded]) -> Stranded:
    return {"stranded": found}


def _versions(facility: FacilityView, resource: ResourceView | None) -> dict[str, Any]:
    found = queries.schedule(facility, resource, by=current.actor())
    return {"schedules": found}
