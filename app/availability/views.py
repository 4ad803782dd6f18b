"""What availability tells: offered slots and open time, and why the rest is closed."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.availability.kinds import Closed, Offered
from app.core.spans import Span, union


class Origin(StrEnum):
    AVAILABILITY = "availability"
    EXCEPTION = "exception"


class Source(Struct, frozen=True):
    """Which row offered the time; it stays known after that row is replaced."""

    origin: Origin
    id: int


class OfferedSlot(Struct, frozen=True):
    """A token slot; `types` empty means every appointment type."""

    span: Span
    tokens: int
    types: frozenset[int]
    source: Source

    def allows(self, type_id: int) -> bool:
        return not self.types or type_id in self.types


class OfferedRun(Struct, frozen=True):
    """Token slots one after another, all alike but the last, which may be shorter."""

    span: Span
    step: timedelta
    tokens: int
    types: frozenset[int]
    source: Source

    @property
    def number(self) -> int:
        """Tell how many slots it has."""
        return -(-self.span.length // self.step)

    def slot(self, index: int) -> OfferedSlot:
        """Cut out one of its slots, counted from 0."""
        start = self.span.start + index * self.step
        span = Span(start, min(start + self.step, self.span.end))
        return OfferedSlot(span, self.tokens, self.types, self.source)

    def touched(self, span: Span) -> range:
        """Tell which of its slots a span touches."""
        if not span.overlaps(self.span):
            return range(0)
        first = max(0, (span.start - self.span.start) // self.step)
        after = min(self.number, -((self.span.start - span.end) // self.step))
        return range(first, after)

    def gone(self, now: datetime) -> int:
        """Tell how many of its slots have ended."""
        if now >= self.span.end:
            return self.number
        return max(0, (now - self.span.start) // self.step)


class OpenSpan(Struct, frozen=True):
    """Open time; `types` empty means every appointment type."""

    span: Span
    types: frozenset[int]
    source: Source

    def allows(self, type_id: int) -> bool:
        return not self.types or type_id in self.types


class ClosedSpan(Struct, frozen=True):
    """Time that is not offered, and why."""

    span: Span
    kind: Closed
    reason: str


class Offerable(Struct, frozen=True):
    """
    Whether a span is offered, and how: as a token slot or as open time.

    Otherwise `reason` says why not: inactive, break, away, maintenance, type,
    token_slot or hours; `why` is what was written down with a closure.
    """

    offered: bool
    kind: Offered | None = None
    reason: str = ""
    why: str = ""
    closed: Span | None = None


class Offer(Struct, frozen=True):
    """
    All a resource offers at a facility within a window, in order of time.

    Its slots are cut from the runs, unless only these were asked for.
    """

    slots: tuple[OfferedSlot, ...] = ()
    open: tuple[OpenSpan, ...] = ()
    closed: tuple[ClosedSpan, ...] = ()
    runs: tuple[OfferedRun, ...] = ()

    def cut(self) -> "Offer":
        """Give the same with its token slots one by one."""
        slots = (run.slot(n) for run in self.runs for n in range(run.number))
        return replace(self, slots=tuple(slots))

    def slot_at(self, start: datetime) -> OfferedSlot | None:
        """Give the token slot that starts at that very moment."""
        for run in self.runs:
            if run.span.holds(start):
                index, after = divmod(start - run.span.start, run.step)
                if not after:
                    return run.slot(index)
        return None

    def opened(self) -> "Offer":
        """Count token slots as open time, for who may close them."""
        slots = (OpenSpan(s.span, frozenset(), s.source) for s in self.slots)
        return replace(self, slots=(), open=(*self.open, *slots))

    def opening(self, span: Span, type_id: int | None) -> OpenSpan | None:
        """
        Give the open time a span begins in, if open time covers it whole.

        Without a type, open time for any type counts.
        """
        fitting = [p for p in self.open if type_id is None or p.allows(type_id)]
        if not any(s.covers(span) for s in union(piece.span for piece in fitting)):
            return None
        return next(p for p in fitting if p.span.holds(span.start))

    def answer(
        self, span: Span, type_id: int | None, *, active: bool = True
    ) -> Offerable:
        """Say whether a span is a token slot or lies in open time, and why not."""
        slot = self.slot_at(span.start)
        if slot is not None and slot.span == span:
            if type_id is None or slot.allows(type_id):
                return Offerable(offered=True, kind=Offered.TOKENS)
            return Offerable(offered=False, reason="type")
        if any(each.span.overlaps(span) for each in self.slots):
            return Offerable(offered=False, reason="token_slot")
        if self.opening(span, type_id) is not None:
            return Offerable(offered=True, kind=Offered.OPEN)
        return self._refusal(span, active=active)

    def _refusal(self, span: Span, *, active: bool) -> Offerable:
        if not active:
            return Offerable(offered=False, reason="inactive")
        shut = next((c for c in self.closed if c.span.overlaps(span)), None)
        if shut is not None:
            return Offerable(
                offered=False, reason=shut.kind.value, why=shut.reason, closed=shut.span
            )
        if self.opening(span, None) is not None:
            return Offerable(offered=False, reason="type")
        return Offerable(offered=False, reason="hours")


class NewSession(Struct, frozen=True):
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


class NewSchedule(Struct, frozen=True):
    """
    A configuration to be; `resource` None means the facility's own hours.

    Every n weeks counts from the week of `weeks_from`, else of `valid_from`. `replaces`
    names the version it is to end: only with it that may be one of the same first day.
    """

    facility_id: UUID
    resource_id: UUID | None
    valid_from: date
    valid_till: date | None
    sessions: tuple[NewSession, ...]
    weeks_from: date | None = None
    replaces: UUID | None = None


class NewException(Struct, frozen=True):
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


class Repeat(Struct, frozen=True):
    """
    How maintenance repeats: on its first day's weekday, until a last local day.

    Every so many weeks; with `nth` only on those weekdays of the month, -1 the last.
    """

    until: date
    every_weeks: int = 1
    nth: tuple[int, ...] = ()


class NewMaintenance(Struct, frozen=True):
    facility_id: UUID
    resource_id: UUID
    during: Span
    reason: str = ""
    repeat: Repeat | None = None


class SessionView(Struct, frozen=True):
    """A session of a schedule as it stands, on one weekday."""

    id: UUID
    weekday: int
    session: NewSession
    type_ids: tuple[UUID, ...] = ()


class ScheduleView(Struct, frozen=True):
    """
    One version of a schedule; `resource` None means the facility's own hours.

    Every n weeks counts from the week of `weeks_from`. One that was replaced before it
    ever held ends the day before it begins.
    """

    id: UUID
    resource_id: UUID | None
    valid_from: date
    valid_till: date | None
    sessions: tuple[SessionView, ...]
    weeks_from: date | None = None


class ExceptionView(Struct, frozen=True):
    """Time away or added; without a resource it is a holiday of the facility."""

    id: UUID
    resource_id: UUID | None
    everywhere: bool
    is_available: bool
    kind: Offered
    span: Span
    slot_minutes: int
    tokens_per_slot: int
    reason: str


class MaintenanceView(Struct, frozen=True):
    """Time out of service; one `series` for all that repeat together."""

    id: UUID
    resource_id: UUID
    span: Span
    reason: str
    series: UUID | None
