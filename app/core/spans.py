"""Spans of time: half-open, aware, in UTC. Everything here is pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import force_setattr


class Span(Struct, frozen=True, order=True):
    """
    The time from `start` until, but not with, `end`.

    :raises ValueError: if an end is naive, or `end` is not after `start`
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs aware datetimes")
        if self.end <= self.start:
            raise ValueError("a span must end after it starts")
        # Most are in UTC already, and a month makes thousands of spans.
        if self.start.tzinfo is not UTC:
            force_setattr(self, "start", self.start.astimezone(UTC))
        if self.end.tzinfo is not UTC:
            force_setattr(self, "end", self.end.astimezone(UTC))

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def minutes(self) -> int:
        return int(self.length.total_seconds() // 60)

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def meet(self, other: "Span") -> "Span | None":
        """Give the time both share, if any."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    def widen(self, before: timedelta, after: timedelta) -> "Span":
        return Span(self.start - before, self.end + after)


def starting(start: datetime, minutes: int) -> Span:
    """Make the span of so many minutes from `start`."""
    return Span(start, start + timedelta(minutes=minutes))


def union(spans: Iterable[Span]) -> list[Span]:
    """Merge spans that overlap or touch, in order of time."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Give what is left of `spans` outside `holes`, in order of time."""
    gaps = union(holes)
    left: list[Span] = []
    for span in sorted(spans):
        left.extend(_without(span, gaps))
    return left


def _without(span: Span, gaps: list[Span]) -> Iterator[Span]:
    start = span.start
    for gap in gaps:
        if gap.end <= start or gap.start >= span.end:
            continue
        if gap.start > start:
            yield Span(start, gap.start)
        start = max(start, gap.end)
    if start < span.end:
        yield Span(start, span.end)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """Tell which day it is in that zone at that moment."""
    return moment.astimezone(zone).date()


# Hours are the same for everybody who looks, and zones change their rules hardly ever.
@lru_cache(maxsize=8192)
def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """
    Tell the instant of a wall-clock time, in UTC.

    A time the clocks jump over means the moment after the jump, so that sessions that
    do not overlap on other days do not on this one; a time they show twice means the
    first.
    """
    wall = datetime.combine(day, clock, tzinfo=zone)
    meant, sooner = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    # Only where the clocks jump does the second reading lie before the first.
    while sooner < meant:
        if sooner.astimezone(zone).utcoffset() != wall.utcoffset():
            return sooner
        sooner += timedelta(minutes=1)
    return meant


@lru_cache(maxsize=2048)
def day_span(day: date, zone: ZoneInfo) -> Span:
    """Give the local day from midnight to midnight: 23 to 25 hours."""
    return Span(at(day, time(), zone), at(day + timedelta(days=1), time(), zone))


def days(first: date, last: date) -> Iterator[date]:
    """Walk from `first` to `last`, both included."""
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)
