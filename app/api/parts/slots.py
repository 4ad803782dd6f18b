"""What a resource offers on a day, and its next free places."""

from uuid import UUID

from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.slots import (
    DayAsked,
    DaySchema,
    DaySlotsSchema,
    MonthAsked,
    MonthAskedSchema,
    MonthSchema,
    OpeningsSchema,
    Sought,
    SoughtSchema,
)
from app.booking import queries
from app.booking.views import ColumnView, MonthView, Opening
from app.core import clock
from app.directory import queries as directory
from app.doors import current

bp = Part("slots", "Token slots, open time and free places")


@bp.get("/facilities/<uuid:facility_id>/resources/<uuid:resource_id>/slots")
@bp.arguments(DaySchema, location="query")
@bp.response(200, DaySlotsSchema)
def day(asked: DayAsked, facility_id: UUID, resource_id: UUID) -> ColumnView:
    """Read a day of a resource: slots with what refuses them, free and closed time."""
    return queries.slots(
        facility_id,
        resource_id,
        asked.day,
        by=current.actor(),
        now=clock.now(),
        type_id=asked.type_id,
        whom=asked.whom,
    )


@bp.get("/facilities/<uuid:facility_id>/month")
@bp.arguments(MonthAskedSchema, location="query")
@bp.response(200, MonthSchema)
def month(asked: MonthAsked, facility_id: UUID) -> dict[str, list[MonthView]]:
    """Read how full each day of a month is: of one resource, or of all."""
    by = current.actor()
    facility, resources = directory.house(facility_id, asked.resource_id, by=by)
    found = queries.month(
        facility,
        resources,
        asked.first_day,
        by=by,
        now=clock.now(),
        days=asked.days,
        type_id=asked.type_id,
        whom=asked.whom,
    )
    return {"resources": found}


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
        whom=sought.whom,
    )
    return {"openings": found}
