"""From rows to the pure shapes of slot arithmetic."""

from collections.abc import Mapping
from uuid import UUID

from app.availability import slots
from app.availability.models import Availability, AvailabilityException
from app.availability.views import (
    ExceptionView,
    NewException,
    NewSession,
    Origin,
    SessionView,
    Source,
)
from app.directory.views import FacilityView, ResourceView, TypeView


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


def session_views(
    sessions: list[Availability], types: Mapping[int, TypeView]
) -> tuple[SessionView, ...]:
    return tuple(
        SessionView(
            row.public_id,
            row.weekday,
            new_session_of(row),
            tuple(types[each].public_id for each in row.types),
        )
        for row in sessions
    )


def exception_view(
    row: AvailabilityException, resource_id: UUID | None
) -> ExceptionView:
    return ExceptionView(
        id=row.public_id,
        resource_id=resource_id,
        everywhere=row.facility_id is None,
        is_available=row.is_available,
        kind=row.kind,
        span=row.during,
        slot_minutes=row.slot_minutes,
        tokens_per_slot=row.tokens_per_slot,
        reason=row.reason,
    )
