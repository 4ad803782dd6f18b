"""From rows to the pure shapes of slot arithmetic."""

from app.availability import slots
from app.availability.kinds import Closed
from app.availability.models import Availability, AvailabilityException
from app.availability.views import ClosedSpan, Origin, Source


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
