"""From rows to the pure shapes of slot arithmetic."""

from app.availability import slots
from app.availability.models import Availability
from app.availability.views import Origin, Source


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
