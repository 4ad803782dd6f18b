"""What a schedule must be before it is kept."""

from datetime import date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.availability import slots
from app.availability.errors import ScheduleOverlapError
from app.availability.kinds import Offered
from app.availability.models import Availability, Schedule
from app.availability.rows import session_of
from app.availability.views import NewSchedule, NewSession, Origin, Source
from app.core.db import db
from app.core.errors import InputError
from app.core.spans import Span, day_span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView

WEEK_MINUTES = 7 * 24 * 60
# Zones shift against each other twice a year, so a year of weeks shows every overlap.
WEEKS_COMPARED = 54
MAX_TOKENS = 500


def sessions(order: NewSchedule) -> None:
    """
    Refuse sessions that cannot be right, or that overlap one another.

    :raises InputError: naming the session by its place in the list
    """
    if order.valid_till is not None and order.valid_till < order.valid_from:
        raise InputError(field="valid_till", reason="before_start")
    for index, each in enumerate(order.sessions):
        _one(each, f"sessions[{index}]")
    weekly = sorted(
        (_minutes(each, weekday), index)
        for index, each in enumerate(order.sessions)
        for weekday in each.weekdays
    )
    for ((_, end), _), ((start, _), index) in pairwise(weekly):
        if start < end:
            raise InputError(field=f"sessions[{index}]", reason="overlap")
    if len(weekly) > 1 and weekly[-1][0][1] > weekly[0][0][0] + WEEK_MINUTES:
        raise InputError(field=f"sessions[{weekly[0][1]}]", reason="overlap")


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


def elsewhere(
    order: NewSchedule, resource: ResourceView, facility: FacilityView
) -> None:
    """
    Refuse hours at which another facility has the resource.

    :raises ScheduleOverlapError: naming that facility and the first clash
    """
    new = slots.Pattern(
        facility.zone,
        order.valid_from,
        order.valid_till,
        tuple(_session(each, day) for each in order.sessions for day in each.weekdays),
    )
    for other_facility, pattern in _other_patterns(resource, facility):
        first = max(new.first, pattern.first)
        ends = [last for last in (new.last, pattern.last) if last is not None]
        last = min([*ends, first + timedelta(weeks=WEEKS_COMPARED)])
        if last < first:
            continue
        clash = _clash(new, pattern, first, last, facility.zone)
        if clash is not None:
            raise ScheduleOverlapError(
                field="sessions",
                new=facility.name,
                old=other_facility.name,
                clash=clash.start.astimezone(facility.zone).isoformat(),
            )


def _one(each: NewSession, field: str) -> None:
    if not each.weekdays or not all(0 <= day <= 6 for day in each.weekdays):
        raise InputError(field=f"{field}.weekdays", reason="weekday")
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
    )


def _other_patterns(
    resource: ResourceView, facility: FacilityView
) -> list[tuple[FacilityView, slots.Pattern]]:
    rows = db.session.execute(
        select(Schedule, Availability)
        .join(Availability, Availability.schedule_id == Schedule.id)
        .where(
            Schedule.resource_id == resource.id,
            Schedule.facility_id != facility.id,
        )
    ).all()
    places = directory.facilities({schedule.facility_id for schedule, _ in rows})
    return [
        (
            places[schedule.facility_id],
            slots.Pattern(
                places[schedule.facility_id].zone,
                schedule.valid_from,
                schedule.valid_till,
                (session_of(availability),),
            ),
        )
        for schedule, availability in rows
    ]


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
