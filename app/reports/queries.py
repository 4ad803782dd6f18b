"""What doors read of reports: counts of the rooms, put together."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.availability import internal as availability
from app.booking import internal as booking
from app.booking.internal import Tally
from app.booking.measuring import Ahead, Kept, Where
from app.booking.rated import together
from app.core.actor import Actor
from app.core.errors import InputError
from app.core.spans import Span, day_span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView, TypeView
from app.queues import internal as queues
from app.queues.internal import Waited
from app.reports.views import (
    Asked,
    LeadTimes,
    Ratings,
    Shown,
    Tokens,
    TokenUse,
    Used,
    Waits,
)

MOST_DAYS = 92
_TREND = timedelta(weeks=12)
_DAY = timedelta(days=1)


def utilization(facility: FacilityView, asked: Asked, *, by: Actor) -> Used:
    """
    Tell how much of what is offered is used; now and as long before.

    :raises InputError: if the days are the wrong way round, or too many
    """
    it = _what(facility, asked, by=by)
    found = booking.measure(facility, it.resources, it.where.window)
    length = asked.last - asked.first + _DAY
    past = _window(facility, asked.first - length, asked.first - _DAY)
    before = booking.measure(facility, it.resources, past)
    monday = asked.last - timedelta(days=asked.last.weekday())
    trend = _window(facility, monday - _TREND, asked.last)
    return Used(
        window=it.where.window,
        total=_added(found.days.values()),
        week=found.week,
        weeks=_by_week(booking.measure(facility, it.resources, trend).days),
        resources=found.resources,
        before={each.id: t.share for each, t in before.resources.items()},
        lost=booking.lost(it.where),
    )


def waiting(facility: FacilityView, asked: Asked, *, by: Actor) -> Waits:
    """
    Tell how long people waited, and how true the estimates were.

    :raises InputError: if the days are the wrong way round, or too many
    """
    it = _what(facility, asked, by=by)
    found = queues.waits(it.where)
    came = found.get("walk_in", {})
    return Waits(
        total=found.get("", {}).get(0, Waited()),
        hours=found.get("hour", {}),
        resources=it.named(found.get("resource", {})),
        booked=came.get(0, Waited()),
        walked_in=came.get(1, Waited()),
    )


def no_shows(
    facility: FacilityView, asked: Asked, *, by: Actor, now: datetime
) -> Shown:
    """
    Tell who came and who did not, of visits that have begun by `now`.

    :raises InputError: if the days are the wrong way round, or too many
    """
    it = _what(facility, asked, by=by)
    found = booking.came_or_not(it.where, now=now)
    return Shown(
        total=found.get("", {}).get(0, Kept()),
        weekdays=found.get("weekday", {}),
        hours=found.get("hour", {}),
        steps=found.get("step", {}),
        resources=it.named(found.get("resource", {})),
        types=_types(found.get("type", {})),
    )


def lead_times(facility: FacilityView, asked: Asked, *, by: Actor) -> LeadTimes:
    """
    Tell how far ahead visits are booked, by the day of the visit.

    :raises InputError: if the days are the wrong way round, or too many
    """
    it = _what(facility, asked, by=by)
    found = booking.how_far_ahead(it.where)
    return LeadTimes(
        total=found.get("", {}).get(0, Ahead()),
        steps=found.get("step", {}),
        weekdays=found.get("weekday", {}),
        resources=it.named(found.get("resource", {})),
        types=_types(found.get("type", {})),
    )


def ratings(facility: FacilityView, asked: Asked, *, by: Actor) -> Ratings:
    """
    Tell how patients rated their visits, by the day of the visit; no words of theirs.

    :raises InputError: if the days are the wrong way round, or too many
    """
    it = _what(facility, asked, by=by)
    found = booking.rated(it.where)
    return Ratings(together(found.values()), it.named(found))


def tokens(facility: FacilityView, asked: Asked, *, by: Actor) -> Tokens:
    """
    Tell how many of the tokens offered are given, and used.

    :raises InputError: if the days are the wrong way round, or too many
    """
    it = _what(facility, asked, by=by)
    found = Tokens()
    offers = availability.offers(facility, it.resources, it.where.window)
    by_id = {each.id: each for each in it.resources}
    for resource in it.resources:
        for slot in offers[resource.id].slots:
            hour = slot.span.start.astimezone(facility.zone).hour
            for use in _uses(found, resource, hour):
                use.offered += slot.tokens
    for row in booking.tokens_given(it.where):
        for use in _uses(found, by_id[row.resource_id], row.hour):
            use.given += row.given
            use.over += row.over
            use.came += row.came
            use.missed += row.missed
    return found


class _What(Struct, frozen=True):
    """The resources that a report is about, and where and when to count."""

    resources: list[ResourceView]
    where: Where

    def named(self, counts: Mapping[int, Any]) -> dict[ResourceView, Any]:
        """Put the resources in place of their numbers."""
        return {each: counts[each.id] for each in self.resources if each.id in counts}


def _what(facility: FacilityView, asked: Asked, *, by: Actor) -> _What:
    accounts.require(by, Permission.VIEW_ANALYTICS, Scope(facility.id))
    if asked.last < asked.first:
        raise InputError(field="last", reason="before_start")
    if asked.last - asked.first >= timedelta(days=MOST_DAYS):
        raise InputError(field="last", reason="too_many_days", most=MOST_DAYS)
    department = None
    if asked.department_id is not None:
        department = directory.department_number(asked.department_id, facility.id)
    resources = [
        each
        for each in directory.resources(facility.id)
        if asked.kind in {None, each.kind} and department in {None, each.department_id}
    ]
    window = _window(facility, asked.first, asked.last)
    ids = tuple(each.id for each in resources)
    return _What(resources, Where(facility.id, ids, window, facility.zone))


def _window(facility: FacilityView, first: date, last: date) -> Span:
    zone = facility.zone
    return Span(day_span(first, zone).start, day_span(last, zone).end)


def _added(tallies: Any) -> Tally:
    total = Tally()
    for each in tallies:
        total.available += each.available
        total.booked += each.booked
        total.maintenance += each.maintenance
        total.overridden += each.overridden
    return total


def _by_week(days: Mapping[date, Tally]) -> dict[date, Tally]:
    weeks: dict[date, list[Tally]] = {}
    for day in sorted(days):
        monday = day - timedelta(days=day.weekday())
        weeks.setdefault(monday, []).append(days[day])
    return {monday: _added(tallies) for monday, tallies in weeks.items()}


def _types(counts: Mapping[int, Any]) -> dict[TypeView, Any]:
    known = directory.types()
    return {known[number]: counts[number] for number in sorted(counts)}


def _uses(found: Tokens, resource: ResourceView, hour: int) -> tuple[TokenUse, ...]:
    return (
        found.total,
        found.hours.setdefault(hour, TokenUse()),
        found.resources.setdefault(resource, TokenUse()),
    )
