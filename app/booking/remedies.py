"""Where a booking could go whose resource will not be there; nothing is written."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from app.booking import assignment, board, lean, listing, needs
from app.booking.kinds import How, Kind, Remedy
from app.booking.lean import Taken
from app.booking.views import AppointmentView, ClaimView
from app.core.actor import SYSTEM, Actor
from app.core.spans import Span, at, day_span, local_date
from app.directory import internal as directory
from app.directory.kinds import ResourceKind
from app.directory.views import ResourceView

AHEAD = timedelta(days=30)


class Place(Struct, frozen=True):
    """A place that looks free; `swap` gives the booking one other resource alone."""

    resource: ResourceView
    span: Span
    swap: bool = False


def find(
    told: AppointmentView,
    lacking: ResourceView,
    remedy: Remedy,
    *,
    by: Actor,
    now: datetime,
) -> Iterator[Place]:
    """
    Give places that look free and that an actor may book, the best first.

    Later and on other days the nearest in time come first; with somebody else those
    that change the time least, and of these by name.
    """
    if remedy is Remedy.INSTEAD:
        yield from _instead(told, lacking, by, now)
        return
    day = _day(told)
    after = Span(day.end, day.end + AHEAD)
    if remedy is Remedy.LATER:
        rest = max(now, told.span.start)
        if rest >= day.end:
            return
        after = Span(rest, day.end)
    fitting = _starts(told, told.resource, lacking, after, now)
    fitting = [each for each in fitting if each.start > told.span.start]
    for span in sorted(fitting, key=lambda each: _nearness(told, each)):
        yield Place(told.resource, span)


def others(told: AppointmentView, lacking: ResourceView) -> list[ResourceView]:
    """Give who or what could stand in: a colleague, or another one of its kind."""
    used = {told.resource.id, *(claim.resource.id for claim in told.resources)}
    return [
        each
        for each in directory.resources(told.facility.id)
        if each.active
        and each.id not in used
        and each.kind is lacking.kind
        and _able(told, lacking, each)
    ]


def part_of(told: AppointmentView, resource: ResourceView) -> ClaimView | None:
    """Give what an appointment has of a resource, when that is not whom it is with."""
    if resource.id == told.resource.id:
        return None
    return next((c for c in told.resources if c.resource.id == resource.id), None)


def _able(told: AppointmentView, lacking: ResourceView, other: ResourceView) -> bool:
    if lacking.kind is ResourceKind.PRACTITIONER:
        return other.department_id == lacking.department_id
    if lacking.id == told.resource.id:
        return lacking.capabilities <= other.capabilities
    wanted = needs.of(told.type)
    had = [told.resource, *(claim.resource for claim in told.resources)]
    has = [other if each.id == lacking.id else each for each in had]
    return len(needs.unmet(wanted, has)) <= len(needs.unmet(wanted, had))


def _instead(
    told: AppointmentView, lacking: ResourceView, by: Actor, now: datetime
) -> Iterator[Place]:
    part = part_of(told, lacking)
    able = others(told, lacking)
    shut = assignment.closed(able, told.facility, by)
    able = [each for each in able if each.id not in shut]
    if part is not None:
        for other in able:
            yield Place(other, part.during, swap=True)
        return
    day = _day(told)
    ahead = Span(max(now, day.start), day.end) if day.end > now else None
    found = [
        Place(other, span)
        for other in (able if ahead else ())
        for span in _starts(told, other, lacking, ahead or day, now)
    ]
    yield from sorted(
        found, key=lambda p: (abs(p.span.start - told.span.start), p.resource.name)
    )


def _starts(
    told: AppointmentView,
    resource: ResourceView,
    lacking: ResourceView,
    window: Span,
    now: datetime,
) -> list[Span]:
    """Give spans within a window at which the resource has a place like the old one."""
    facility = told.facility
    taken = lean.read(facility, [resource.id, lacking.id], window, now=now)
    slots, gaps = _free(told, resource, window, taken, now)
    part = part_of(told, lacking)
    # What was chosen automatically is chosen anew: only what was named must be free.
    if part is not None and part.how != How.AUTO:
        _, also = _free(told, lacking, window, taken, now)
        gaps = _both(gaps, _as_whole(also, part.during, told.span))
        slots = [slot for slot in slots if any(each.covers(slot) for each in also)]
    found = [slot for slot in slots if slot.start >= window.start]
    if told.kind is Kind.TIMED:
        length = told.span.length
        found = [
            Span(start, start + length)
            for gap in gaps
            if (start := _within(gap, length, _same_clock(told, gap))) is not None
        ]
    judge = listing.judge_of(facility, resource, told.type, taken, by=SYSTEM, now=now)
    return [span for span in found if judge.forbids(span) is None]


def _free(
    told: AppointmentView,
    resource: ResourceView,
    window: Span,
    taken: Taken,
    now: datetime,
) -> tuple[list[Span], list[Span]]:
    slots, gaps = listing.free_places(
        told.facility, resource, told.type, window, taken, now=now
    )
    return [slot.span for slot in slots], gaps


def _as_whole(gaps: Iterable[Span], part: Span, whole: Span) -> list[Span]:
    """Widen the gaps of a part to where the whole may lie around it."""
    before, after = part.start - whole.start, whole.end - part.end
    return [gap.widen(before, after) for gap in gaps if gap.length >= part.length]


def _both(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    return [both for one in first for other in second if (both := one.meet(other))]


def _within(gap: Span, length: timedelta, near: datetime) -> datetime | None:
    """Give the start within a gap that is nearest to a moment."""
    first, last = board.on_step(gap.start), gap.end - length
    return min(max(near, first), last) if first <= last else None


def _same_clock(told: AppointmentView, gap: Span) -> datetime:
    """Give the appointment's time of day on the day of a gap."""
    zone = told.facility.zone
    clock = told.span.start.astimezone(zone).time()
    return at(local_date(gap.start, zone), clock, zone)


def _nearness(told: AppointmentView, span: Span) -> tuple[int, timedelta, datetime]:
    """Sort by day first, then by how little the time of day changes."""
    zone = told.facility.zone
    days = local_date(span.start, zone) - local_date(told.span.start, zone)
    return days.days, abs(span.start - _same_clock(told, span)), span.start


def _day(told: AppointmentView) -> Span:
    zone = told.facility.zone
    return day_span(local_date(told.span.start, zone), zone)
