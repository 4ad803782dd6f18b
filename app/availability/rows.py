"""From rows to the pure shapes of slot arithmetic."""

from app.availability import slots
from app.availability.kinds import Closed
from app.availability.models import Availability, AvailabilityException
from app.availability.views import (
    ClosedSpan,
    NewException,
    NewSession,
    Origin,
    Source,
)
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
        source=Source(Origin.AVAILABILITY, row.id),
    )


def extra_of(row: AvailabilityException) -> slots.Piece:
    return slots.Piece(
        kind=row.kind,
        span=row.during,
        slot_minutes=row.slot_minutes,
        tokens=row.tokens_per_slot,
        types=frozenset(),
        label=row.reason,
        source=Source(Origin.EXCEPTION, row.id),
    )


def away_of(row: AvailabilityException) -> ClosedSpan:
    return ClosedSpan(row.during, Closed.AWAY, row.reason)


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
