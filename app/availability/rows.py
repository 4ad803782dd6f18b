"""From rows to the pure shapes of slot arithmetic."""

from app.availability import slots
from app.availability.models import Availability, AvailabilityException
from app.availability.views import NewException, NewSession, Origin, Source
from app.directory.views import FacilityView, ResourceView


def session_of(row: Availability) -> slots.Session:
    return slots.Session(
        kind=row.kind,
        weekday=row.weekday,
        start=row.start_time,
        end=row.end_time,
        slot_minutes=row.slot_minutes,
        tokens=row.tokens_per_slot,
        types=frozenset(row.types),
        label=row.label,
        every_weeks=row.every_weeks,
        nth=frozenset(row.nth),
        source=Source(Origin.AVAILABILITY, row.id),
    )


def new_session_of(row: Availability) -> NewSession:
    return NewSession(
        kind=row.kind,
        weekdays=(row.weekday,),
        start=row.start_time,
        end=row.end_time,
        slot_minutes=row.slot_minutes,
        tokens_per_slot=row.tokens_per_slot,
        types=tuple(row.types),
        label=row.label,
        every_weeks=row.every_weeks,
        nth=tuple(row.nth),
    )


def new_exception_of(
    row: AvailabilityException, facility: FacilityView, resource: ResourceView | None
) -> NewException:
    return NewException(
        facility_id=facility.public_id if row.facility_id else None,
        resource_id=resource.public_id if resource else None,
        is_available=row.is_available,
        during=row.during,
        kind=row.kind,
        slot_minutes=row.slot_minutes,
        tokens_per_slot=row.tokens_per_slot,
        reason=row.reason,
    )
