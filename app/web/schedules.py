"""Schedules: who has which hours, and one resource's versions, week and exceptions."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts.permissions import Permission
from app.availability import queries
from app.availability.views import ScheduleView
from app.booking.window_queries import windows
from app.core import clock
from app.core.errors import NotFoundError
from app.core.spans import Span, day_span, local_date
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import ResourceView
from app.doors import current
from app.doors.htmx import page
from app.web import hours_words, week_paint
from app.web.hours_desk import AHEAD, Whose, may_touch, whose
from app.web.reading import day_of, zone_name
from app.web.window_words import told_for

bp = Blueprint("schedules", __name__, url_prefix="/schedules")

# Those without a schedule of their own follow the facility's hours.
_FOLLOWS = frozenset(
    {
        ResourceKind.ROOM,
        ResourceKind.CHAIR,
        ResourceKind.LOCATION,
        ResourceKind.EQUIPMENT,
    }
)
_WEEK = timedelta(days=7)
DONE = {
    "published": "The new hours are published.",
    "added": "Written down; the calendar shows it at once.",
    "revoked": "Taken back; the pattern holds again.",
    "set": "Set. It holds for whatever is booked from now on.",
    "dropped": "Dropped. It holds no longer.",
}


class Row(Struct, frozen=True):
    """One resource of the list: what holds now, what is planned, or why nothing is."""

    resource: ResourceView | None
    name: str
    outline: list[tuple[str, str]]
    now: ScheduleView | None
    planned: ScheduleView | None
    follows: bool
    may_manage: bool


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    """List what serves here with its hours; those who have none stand out."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    today = local_date(now, place.zone)
    standing = queries.standing(place, today, by=by)
    resources = [
        each
        for each in directory.resources(place, by=by)
        if each.active and each.kind is not ResourceKind.TEAM
    ]
    rows = [
        _row(Whose(place, each, now), standing, today) for each in (None, *resources)
    ]
    return page(
        "web/hours/schedules.html",
        partial="web/hours/_schedules.html",
        facility=place,
        rows=rows,
        kinds=[k for k in ResourceKind if any(r.kind is k for r in resources)],
        may_manage=may_touch(Permission.MANAGE_SCHEDULES, place, None),
        zone=place.zone,
        now=now,
    )


@bp.get("/<facility>/house", defaults={"code": ""})
@bp.get("/<facility>/of/<code>")
def show(facility: str, code: str) -> ResponseReturnValue:
    """Show one resource's hours: a version's pattern, or a week as it will be."""
    it = whose(facility, code)
    by = current.actor()
    versions = queries.schedule(it.facility, it.resource, by=by)
    chosen = _version(versions, request.args.get("version"))
    first = day_of(request.args.get("week"), it.today)
    monday = first - timedelta(days=first.weekday())
    if chosen is None and it.resource is None:
        chosen = _in_force(versions, it.today)
    return page(
        "web/hours/schedule.html",
        partial="web/hours/_schedule.html",
        it=it,
        facility=it.facility,
        versions=versions,
        chosen=chosen,
        monday=monday,
        week=_WEEK,
        painted=_painted(it, chosen, monday),
        exceptions=_exceptions(it),
        rules=told_for(windows(it.facility, it.resource, by=by)),
        follows=_follows(it.resource, versions),
        done=DONE.get(request.args.get("done", "")),
        words_of=hours_words,
        zone_name=zone_name(it.zone, it.now),
        zone=it.zone,
        now=it.now,
    )


def type_names() -> dict[int, str]:
    return {each.id: each.name for each in directory.types(by=current.actor())}


def _row(it: Whose, standing: list[ScheduleView], today: date) -> Row:
    mine = [each for each in standing if each.resource_id == it.resource_id]
    now = _in_force(mine, today)
    return Row(
        resource=it.resource,
        name=it.name,
        outline=hours_words.outline(now.sessions) if now else [],
        now=now,
        planned=next((each for each in mine if each.valid_from > today), None),
        follows=_follows(it.resource, mine),
        may_manage=it.may_manage,
    )


def _follows(resource: ResourceView | None, versions: list[ScheduleView]) -> bool:
    return (
        resource is not None
        and not versions
        and resource.kind in _FOLLOWS
        and not resource.schedule_only
    )


def _in_force(versions: list[ScheduleView], day: date) -> ScheduleView | None:
    return next(
        (
            each
            for each in versions
            if each.valid_from <= day
            and (each.valid_till is None or each.valid_till >= day)
        ),
        None,
    )


def _version(versions: list[ScheduleView], asked: str | None) -> ScheduleView | None:
    if not asked:
        return None
    for each in versions:
        if str(each.id) == asked:
            return each
    raise NotFoundError("schedule", field="version")


def _painted(
    it: Whose, version: ScheduleView | None, monday: date
) -> week_paint.Painted:
    names = type_names()
    if version is not None or it.resource is None:
        sessions = version.sessions if version else ()
        return week_paint.paint(week_paint.pattern(sessions, names))
    window = Span(
        day_span(monday, it.zone).start,
        day_span(monday + timedelta(days=6), it.zone).end,
    )
    offer = queries.offered(it.facility, it.resource, window, by=current.actor())
    heads = [
        f"{hours_words.DAYS[n]} {(monday + timedelta(days=n)).day}" for n in range(7)
    ]
    return week_paint.paint(week_paint.week_of(offer, monday, it.zone, names), heads)


def _exceptions(it: Whose) -> list[dict[str, Any]]:
    """Give the exceptions ahead: the resource's own, and the facility's holidays."""
    by, window = current.actor(), Span(it.now, it.now + AHEAD)
    found = queries.exceptions(it.facility, window, by=by, holidays=True)
    if it.resource is not None:
        found += queries.exceptions(it.facility, window, by=by, resource=it.resource)
    return [
        {"it": each, "own": each.resource_id == it.resource_id}
        for each in sorted(found, key=lambda each: each.span)
    ]
