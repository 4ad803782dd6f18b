"""What availability tells: offered slots and open time, and why the rest is closed."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from app.availability.kinds import Closed, Offered
from app.core.spans import Span, union


class Origin(StrEnum):
    AVAILABILITY = "availability"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Source:
    """Which row offered the time; it stays known after that row is replaced."""

    origin: Origin
    id: int


@dataclass(frozen=True, slots=True)
class OfferedSlot:
    """A token slot; `types` empty means every appointment type."""

    span: Span
    tokens: int
    types: frozenset[int]
    source: Source

    def allows(self, type_id: int) -> bool:
        return not self.types or type_id in self.types


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """Open time; `types` empty means every appointment type."""

    span: Span
    types: frozenset[int]
    source: Source

    def allows(self, type_id: int) -> bool:
        return not self.types or type_id in self.types


@dataclass(frozen=True, slots=True)
class ClosedSpan:
    """Time that is not offered, and why."""

    span: Span
    kind: Closed
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """All a resource offers at a facility within a window, in order of time."""

    slots: tuple[OfferedSlot, ...] = ()
    open: tuple[OpenSpan, ...] = ()
    closed: tuple[ClosedSpan, ...] = ()

    def slot_at(self, start: datetime) -> OfferedSlot | None:
        """Give the token slot that starts at that very moment."""
        return next((s for s in self.slots if s.span.start == start), None)

    def opening(self, span: Span, type_id: int | None) -> OpenSpan | None:
        """
        Give the open time a span begins in, if open time covers it whole.

        Without a type, open time for any type counts.
        """
        fitting = [p for p in self.open if type_id is None or p.allows(type_id)]
        if not any(s.covers(span) for s in union(piece.span for piece in fitting)):
            return None
        return next(p for p in fitting if p.span.holds(span.start))


@dataclass(frozen=True, slots=True)
class NewSession:
    """A weekly session to be: local times; minutes and tokens only for tokens."""

    kind: Offered
    weekdays: tuple[int, ...]
    start: time
    end: time
    slot_minutes: int = 0
    tokens_per_slot: int = 0
    types: tuple[int, ...] = ()
    label: str = ""
    every_weeks: int = 1
    nth: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """A configuration to be; `resource` None means the facility's own hours."""

    facility_id: UUID
    resource_id: UUID | None
    valid_from: date
    valid_till: date | None
    sessions: tuple[NewSession, ...]


@dataclass(frozen=True, slots=True)
class NewException:
    """
    Time away, or available outside the pattern.

    Slot minutes and tokens of a tokens exception may be left out: then those of that
    weekday's session hold.
    """

    facility_id: UUID | None
    resource_id: UUID | None
    is_available: bool
    during: Span
    kind: Offered = Offered.OPEN
    slot_minutes: int | None = None
    tokens_per_slot: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewMaintenance:
    facility_id: UUID
    resource_id: UUID
    during: Span
    reason: str = ""
