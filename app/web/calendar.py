"""The calendar of a facility: a day of many, or a week of one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.booking import queries as booking
from app.core import clock
from app.core.errors import NotFoundError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import DepartmentView, FacilityView, ResourceView
from app.doors import current, times
from app.doors.htmx import page
from app.web import grid
from app.web.reading import day_of, may_book, zone_name

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

_REMEMBERED = "calendar"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of a facility is looked at, and when."""

    facility: FacilityView
    day: date
    today: date
    departments: list[DepartmentView]
    department: DepartmentView | None
    kinds: dict[ResourceKind, int]
    kind: ResourceKind | None
    resources: list[ResourceView]
    week_of: ResourceView | None = None

    @property
    def monday(self) -> date:
        return self.day - timedelta(days=self.day.weekday())

    def query(self, **change: str | None) -> dict[str, Any]:
        """Give the query of this calendar, or of one a step away from it."""
        query = {
            "day": self.day.isoformat(),
            "department": str(self.department.public_id) if self.department else "all",
            "kind": self.kind.value if self.kind else "all",
            "week": self.week_of.code if self.week_of else None,
        } | change
        return {name: value for name, value in query.items() if value is not None}

    def on(self, day: date) -> str:
        """Give the address of the same calendar on another day."""
        query = self.query(day=day.isoformat())
        return url_for("calendar.show", facility=self.facility.slug, **query)

    @property
    def title(self) -> str:
        """Name the page in the browser's list of windows."""
        who = f"{self.week_of.name}, week of " if self.week_of else ""
        first = self.monday if self.week_of else self.day
        return f"{who}{times.short_day(first)}, {self.facility.name}"

    @property
    def step(self) -> timedelta:
        return timedelta(days=7 if self.week_of else 1)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Lead to the facility asked for or looked at last, else to the oldest."""
    facilities = directory.facilities(by=current.actor())
    if not facilities:
        return render_template("web/no_facility.html", facility=None)
    query = request.args.to_dict()
    remembered = session.get(_REMEMBERED, {}).get("facility")
    asked = query.pop("facility", remembered)
    slugs = [each.slug for each in sorted(facilities, key=lambda each: each.id)]
    slug = asked if asked in slugs else slugs[0]
    known: dict[str, Any] = _known(query)
    address = url_for(".show", facility=slug, _anchor="now", **known)
    return redirect(address, 303)


@bp.get("/<facility>")
def show(facility: str) -> ResponseReturnValue:
    by, now = current.actor(), clock.now()
    chosen = _choose(directory.facility(facility, by=by), now)
    _remember(chosen)
    types = directory.types(by=by)
    least = min((each.minutes for each in types), default=5)
    zone = chosen.facility.zone
    if chosen.week_of:
        views = booking.week(
            chosen.facility, chosen.week_of, chosen.monday, by=by, now=now
        )
        ruler = grid.by_wall_clock(zone)
    else:
        views = booking.day(
            chosen.facility, chosen.resources, chosen.day, by=by, now=now
        )
        ruler = grid.by_instant
    laid = grid.lay_out(
        views, zone=zone, now=now, ruler=ruler, least_free=timedelta(minutes=least)
    )
    return page(
        "web/calendar.html",
        partial="web/_calendar_turned.html",
        chosen=chosen,
        facility=chosen.facility,
        facilities=directory.facilities(by=by),
        grid=laid,
        now=now,
        zone=zone,
        zone_name=zone_name(zone, now),
        may_book=may_book(chosen.facility),
    )


def _known(query: dict[str, str]) -> dict[str, str]:
    """Keep what this calendar is asked by, so that no other argument is passed on."""
    return {
        name: query[name]
        for name in ("day", "department", "kind", "week")
        if name in query
    }


def _choose(facility: FacilityView, now: datetime) -> Chosen:
    by = current.actor()
    today = local_date(now, facility.zone)
    departments = directory.departments(facility, by=by)
    # A team is seen in the columns of those who are in it.
    everything = [
        each
        for each in directory.resources(facility, by=by)
        if each.active and each.kind is not ResourceKind.TEAM
    ]
    department = _department(departments, _asked("department", facility))
    here = [r for r in everything if department is None or _in(department, r)]
    kinds = {k: sum(r.kind is k for r in here) for k in ResourceKind}
    kind = _kind(_asked("kind", facility), kinds)
    return Chosen(
        facility=facility,
        day=day_of(request.args.get("day"), today),
        today=today,
        departments=departments,
        department=department,
        kinds={k: count for k, count in kinds.items() if count},
        kind=kind,
        resources=[r for r in here if kind is None or r.kind is kind],
        week_of=_resource(everything, request.args.get("week")),
    )


def _asked(name: str, facility: FacilityView) -> str | None:
    """Give what the query says, or what was chosen for this facility before."""
    kept = session.get(_REMEMBERED, {})
    remembered = kept.get(name) if kept.get("facility") == facility.slug else None
    return request.args.get(name) or remembered


def _remember(chosen: Chosen) -> None:
    query = chosen.query()
    kept = {
        "facility": chosen.facility.slug,
        "department": query["department"],
        "kind": query["kind"],
    }
    if session.get(_REMEMBERED) != kept:
        session[_REMEMBERED] = kept


def _department(
    departments: list[DepartmentView], asked: str | None
) -> DepartmentView | None:
    return next((d for d in departments if str(d.public_id) == asked), None)


def _in(department: DepartmentView, resource: ResourceView) -> bool:
    return resource.department_id == department.id


def _kind(asked: str | None, kinds: dict[ResourceKind, int]) -> ResourceKind | None:
    """Give the kind asked for; the first that is there when nothing is asked."""
    if asked == "all":
        return None
    if asked in set(ResourceKind):
        return ResourceKind(asked)
    return next((kind for kind, count in kinds.items() if count), None)


def _resource(everything: list[ResourceView], code: str | None) -> ResourceView | None:
    if not code:
        return None
    found = next((r for r in everything if r.code == code), None)
    if found is None:
        raise NotFoundError("resource", field="week")
    return found
