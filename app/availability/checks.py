"""What a schedule must be before it is kept."""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import select

from app.availability import slots
from app.availability.errors import ScheduleOverlapError
from app.availability.kinds import Offered
from app.availability.models import Availability, Schedule
from app.availability.rows import session_of
from app.availability.views import NewSchedule, NewSession, Origin, Repeat, Source
from app.core.db import db
from app.core.errors import InputError
from app.core.spans import Span, day_span, local_date
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView

WEEK_MINUTES = 7 * 24 * 60
# Zones shift against each other twice a year, so a year of weeks shows every overlap of
# sessions that are on each week.
WEEKS_COMPARED = 54
# Places in the month fall together sooner or later, or not within ten years.
WEEKS_LOOKED_AT = 522
MAX_TOKENS = 500
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
LONGEST_SERIES = timedelta(days=3 * 366)


def sessions(order: NewSchedule) -> None:
    """
    Refuse sessions that cannot be right, or that overlap one another.

    :raises InputError: naming the session by its place in the list
    """
    if order.valid_till is not None and order.valid_till < order.valid_from:
        raise InputError(field="valid_till", reason="before_start")
    for index, each in enumerate(order.sessions):
        _one(each, f"sessions[{index}]")
    for former, later, apart in _touching(order):
        if _meet(order, former.session, later.session, apart):
            raise InputError(field=f"sessions[{later.index}]", reason="overlap")


class _Weekly(Struct, frozen=True):
    """A session on one weekday, as minutes of the week."""

    start: int
    end: int
    index: int
    session: slots.Session


def _touching(order: NewSchedule) -> Iterator[tuple[_Weekly, _Weekly, timedelta]]:
    """Give the pairs that overlap in a week where both are on, and the days between."""
    weekly = sorted(
        (
            _Weekly(*_minutes(each, weekday), index, _session(each, weekday))
            for index, each in enumerate(order.sessions)
            for weekday in each.weekdays
        ),
        key=lambda each: (each.start, each.end, each.index),
    )
    for place, former in enumerate(weekly):
        # What runs over the end of the week meets the sessions of the next one.
        for turn, others in ((0, weekly[place + 1 :]), (1, weekly[:place])):
            for later in others:
                if later.start + turn * WEEK_MINUTES >= former.end:
                    break
                apart = later.session.weekday - former.session.weekday + 7 * turn
                yield former, later, timedelta(days=apart)


def _meet(
    order: NewSchedule, former: slots.Session, later: slots.Session, apart: timedelta
) -> bool:
    """Say whether both are on at one time, ever."""
    since = order.weeks_from or order.valid_from
    last = order.valid_from + timedelta(weeks=WEEKS_LOOKED_AT)
    last = min(last, order.valid_till or last)
    ahead = (former.weekday - order.valid_from.weekday()) % 7
    day = order.valid_from + timedelta(days=ahead)
    while day <= last and day + apart <= last:
        if slots.recurs(former, day, since) and slots.recurs(later, day + apart, since):
            return True
        day += timedelta(weeks=1)
    return False


def repeat(how: Repeat, during: Span, zone: ZoneInfo) -> None:
    """
    Refuse a repeat that cannot be right.

    :raises InputError: naming the field that is off
    """
    recurrence(how.every_weeks, how.nth, "repeat")
    first = local_date(during.start, zone)
    if how.until < first:
        raise InputError(field="repeat.until", reason="before_start")
    if how.until > first + LONGEST_SERIES:
        days = LONGEST_SERIES.days
        raise InputError(field="repeat.until", reason="too_long_series", days=days)
    if during.length > ONE_WEEK:
        raise InputError(field="during", reason="longer_than_week")


def some(found: Sequence[Span]) -> None:
    """
    Refuse a repeat that is on no day.

    :raises InputError: naming its end
    """
    if not found:
        raise InputError(field="repeat.until", reason="never")


def recurrence(every_weeks: int, nth: Sequence[int], field: str) -> None:
    """
    Refuse weeks and places in the month that there are not.

    :raises InputError: naming the field that is off
    """
    if not 1 <= every_weeks <= 52:
        raise InputError(
            field=f"{field}.every_weeks", reason="between", least=1, most=52
        )
    if not set(nth) <= {-1, 1, 2, 3, 4, 5}:
        raise InputError(field=f"{field}.nth", reason="nth")


def slot_size(minutes: int, tokens: int, field: str = "") -> None:
    """
    Refuse slots of no length or no tokens.

    :raises InputError: naming the field that is off
    """
    prefix = f"{field}." if field else ""
    if not 1 <= minutes <= 1440:
        raise InputError(
            field=f"{prefix}slot_minutes", reason="between", least=1, most=1440
        )
    if not 1 <= tokens <= MAX_TOKENS:
        raise InputError(
            field=f"{prefix}tokens_per_slot", reason="between", least=1, most=MAX_TOKENS
        )


def apart(
    order: NewSchedule, resource: ResourceView | None, facility: FacilityView
) -> None:
    """
    Refuse hours at which another facility has the resource, or its hours before.

    A night of the hours before goes on into the first day of the new ones.

    :raises ScheduleOverlapError: naming both and the first clash
    """
    new = slots.Pattern(
        facility.zone,
        order.valid_from,
        order.valid_till,
        tuple(_session(each, day) for each in order.sessions for day in each.weekdays),
        order.weeks_from,
    )
    for other_facility, pattern in _other_patterns(order, resource, facility):
        first = max(new.first, pattern.first)
        ends = [last + ONE_DAY for last in (new.last, pattern.last) if last is not None]
        last = min([*ends, first + timedelta(weeks=_weeks(new, pattern))])
        if last < first:
            continue
        clash = _clash(new, pattern, first, last, facility.zone)
        if clash is not None:
            elsewhere = other_facility.id != facility.id
            raise ScheduleOverlapError(
                field="sessions",
                new=facility.name if elsewhere else f"{new.first}",
                old=other_facility.name if elsewhere else f"{pattern.first}",
                where=facility.name,
                clash=clash.start.astimezone(facility.zone).isoformat(),
            )


def _weeks(one: slots.Pattern, other: slots.Pattern) -> int:
    """Tell how many weeks show whether two patterns ever clash."""
    rare = any(
        each.every_weeks > 1 or each.nth for each in (*one.sessions, *other.sessions)
    )
    return WEEKS_LOOKED_AT if rare else WEEKS_COMPARED


def _one(each: NewSession, field: str) -> None:
    if not each.weekdays or not all(0 <= day <= 6 for day in each.weekdays):
        raise InputError(field=f"{field}.weekdays", reason="weekday")
    recurrence(each.every_weeks, each.nth, field)
    if each.kind is not Offered.TOKENS:
        if each.slot_minutes or each.tokens_per_slot:
            raise InputError(field=f"{field}.slot_minutes", reason="only_tokens")
        return
    slot_size(each.slot_minutes, each.tokens_per_slot, field)
    start, end = _minutes(each, 0)
    if (end - start) % each.slot_minutes:
        raise InputError(
            field=f"{field}.slot_minutes",
            reason="remainder",
            minutes=end - start,
            slot=each.slot_minutes,
        )


def _minutes(each: NewSession, weekday: int) -> tuple[int, int]:
    """Give a session as minutes of the week; overnight ones run past midnight."""
    base = weekday * 24 * 60
    start, end = _of_day(each.start), _of_day(each.end)
    return base + start, base + (end if end > start else end + 24 * 60)


def _of_day(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _session(each: NewSession, weekday: int) -> slots.Session:
    return slots.Session(
        kind=each.kind,
        weekday=weekday,
        start=each.start,
        end=each.end,
        slot_minutes=each.slot_minutes,
        tokens=each.tokens_per_slot,
        types=frozenset(each.types),
        label=each.label,
        source=Source(Origin.AVAILABILITY, 0),
        every_weeks=each.every_weeks,
        nth=frozenset(each.nth),
    )


def _other_patterns(
    order: NewSchedule, resource: ResourceView | None, facility: FacilityView
) -> Iterator[tuple[FacilityView, slots.Pattern]]:
    """Give all other hours of a resource, those before as they would end."""
    rows = (
        select(Schedule, Availability)
        .join(Availability, Availability.schedule_id == Schedule.id)
        .order_by(Schedule.id, Availability.id)
    )
    if resource is None:
        rows = rows.where(
            Schedule.facility_id == facility.id, Schedule.resource_id.is_(None)
        )
    else:
        rows = rows.where(Schedule.resource_id == resource.id)
    found: dict[Schedule, list[slots.Session]] = {}
    for schedule, availability in db.session.execute(rows):
        found.setdefault(schedule, []).append(session_of(availability))
    places = directory.facilities({schedule.facility_id for schedule in found})
    for schedule, weekly in found.items():
        place, last = places[schedule.facility_id], schedule.valid_till
        if place.id == facility.id and schedule.valid_from <= order.valid_from:
            eve = order.valid_from - ONE_DAY
            last = min(last or eve, eve)
        yield (
            place,
            slots.Pattern(
                place.zone,
                schedule.valid_from,
                last,
                tuple(weekly),
                schedule.weeks_from,
            ),
        )


def _clash(
    one: slots.Pattern, other: slots.Pattern, first: date, last: date, zone: ZoneInfo
) -> Span | None:
    window = Span(day_span(first, zone).start, day_span(last, zone).end)
    mine, theirs = _worked(one, window), _worked(other, window)
    here = 0
    for span in mine:
        while here < len(theirs) and theirs[here].end <= span.start:
            here += 1
        if here < len(theirs) and theirs[here].overlaps(span):
            return span.meet(theirs[here])
    return None


def _worked(pattern: slots.Pattern, window: Span) -> list[Span]:
    return sorted(
        piece.span
        for piece in slots.dated(pattern, window)
        if piece.kind is not Offered.BREAK
    )
