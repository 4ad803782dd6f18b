"""What a resource offers on a day, and its next free places."""

from datetime import date
from uuid import UUID

from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.slots import (
    DaySchema,
    DaySlotsSchema,
    OpeningsSchema,
    Sought,
    SoughtSchema,
)
from app.booking import queries
from app.booking.views import ColumnView, Opening
from app.core import clock
from app.directory import queries as directory
from app.doors import current

bp = Part("slots", "Token slots, open time and free places")


@bp.get("/facilities/<uuid:facility_id>/resources/<uuid:resource_id>/slots")
@bp.arguments(DaySchema, location="query")
@bp.response(200, DaySlotsSchema)
def day(day: date, facility_id: UUID, resource_id: UUID) -> ColumnView:
    """Read a day of a resource: token slots, open and free time, and why it closes."""
    by = current.actor()
    facility = facility_of(facility_id)
    resource = directory.resource(facility, resource_id, by=by)
    return queries.day(facility, [resource], day, by=by, now=clock.now())[0]


@bp.get("/facilities/<uuid:facility_id>/resources/<uuid:resource_id>/openings")
@bp.arguments(SoughtSchema, location="query")
@bp.response(200, OpeningsSchema)
def openings(
    sought: Sought, facility_id: UUID, resource_id: UUID
) -> dict[str, list[Opening]]:
    """Find the next free places of a resource for a type."""
    by, now = current.actor(), clock.now()
    facility = facility_of(facility_id)
    found = queries.openings(
        facility,
        directory.resource(facility, resource_id, by=by),
        sought.type_id,
        sought.after or now,
        by=by,
        now=now,
        minutes=sought.minutes,
        most=sought.most,
    )
    return {"openings": found}
