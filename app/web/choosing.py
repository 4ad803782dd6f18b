"""What of a facility is looked at: the day, the view, and whose columns."""

import calendar
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import request, session, url_for
from msgspec import Struct

from app.core.errors import NotFoundError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import DepartmentView, FacilityView, ResourceView
from app.doors import current, times
from app.web.reading import day_of, number_of

# Columns that are read side by side; more come when they are asked for.
SHOWN = 12
MOST_SHOWN = 200
# Of a month more than these would take longer to count than anybody waits.
IN_A_MONTH = 60
MINE = "mine"
_REMEMBERED = "calendar"
_ASKED_BY = ("day", "department", "kind", "week", "view", "show")


class View(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Chosen(Struct, frozen=True):
    """
    What of a facility is looked at, and when.

    `resources` are all that match, `columns` those shown side by side; `mine` says that
    the user chose them. `of` is the one whose week, or month, it is.
    """

    facility: FacilityView
    day: date
    today: date
    view: View
    departments: list[DepartmentView]
    department: DepartmentView | None
    kinds: dict[ResourceKind, int]
    kind: ResourceKind | None
    mine: bool
    has_own: bool
    resources: list[ResourceView]
    show: int
    of: ResourceView | None = None

    @property
    def columns(self) -> list[ResourceView]:
        return self.resources if self.mine else self.resources[: self.show]

    @property
    def counted(self) -> list[ResourceView]:
        """Give whose days a month adds up."""
        return [self.of] if self.of else self.resources[:IN_A_MONTH]

    @property
    def week_of(self) -> ResourceView | None:
        return self.of if self.view is View.WEEK else None

    @property
    def monday(self) -> date:
        return self.day - timedelta(days=self.day.weekday())

    @property
    def first(self) -> date:
        """Give the first day of the month."""
        return self.day.replace(day=1)

    @property
    def length(self) -> int:
        """Tell how many days the month has."""
        return calendar.monthrange(self.day.year, self.day.month)[1]

    @property
    def before(self) -> date:
        if self.view is View.MONTH:
            return _in_month(self.first - timedelta(days=1), self.day.day)
        return self.day - self._step

    @property
    def after(self) -> date:
        if self.view is View.MONTH:
            return _in_month(self.first + timedelta(days=self.length), self.day.day)
        return self.day + self._step

    @property
    def _step(self) -> timedelta:
        return timedelta(days=7 if self.view is View.WEEK else 1)

    def query(self, **change: str | None) -> dict[str, Any]:
        """Give the query of this calendar, or of one a step away from it."""
        kind = self.kind.value if self.kind else "all"
        query = {
            "day": self.day.isoformat(),
            "department": str(self.department.public_id) if self.department else "all",
            "kind": MINE if self.mine else kind,
            "view": View.MONTH.value if self.view is View.MONTH else None,
            "week": self.of.code if self.of else None,
            "show": str(self.show) if self.show != SHOWN else None,
        } | change
        return {name: value for name, value in query.items() if value is not None}

    def on(self, day: date) -> str:
        """Give the address of the same calendar on another day."""
        return self.at(day=day.isoformat())

    def at(self, **change: str | None) -> str:
        """Give the address of a calendar a step away from this one."""
        slug = self.facility.slug
        return url_for("calendar.show", facility=slug, **self.query(**change))

    @property
    def title(self) -> str:
        """Name the page in the browser's list of windows."""
        if self.view is View.MONTH:
            who = f"{self.of.name}, " if self.of else ""
            return f"{who}{times.month(self.day)}, {self.facility.name}"
        who = f"{self.of.name}, week of " if self.of else ""
        first = self.monday if self.of else self.day
        return f"{who}{times.short_day(first)}, {self.facility.name}"


def choose(facility: FacilityView, now: datetime) -> Chosen:
    """
    Read what is asked for, else what was looked at before, else the usual.

    :raises InputError: if a day or number in the address is none
    :raises NotFoundError: if the address names a resource that does not serve there
    """
    by = current.actor()
    today = local_date(now, facility.zone)
    every = directory.departments(facility, by=by)
    departments = [each for each in every if each.active]
    # A team is seen in the columns of those who are in it.
    everything = [
        each
        for each in directory.resources(facility, by=by)
        if each.active and each.kind is not ResourceKind.TEAM
    ]
    own = _own(facility, everything)
    asked = _asked("kind", facility) or (MINE if own else "")
    mine = asked == MINE and bool(own)
    department = None if mine else _department(departments, facility)
    here = [r for r in everything if department is None or _in(department, r)]
    kinds = {k: sum(r.kind is k for r in here) for k in ResourceKind}
    kind = None if mine else _kind(asked, kinds)
    of = _resource(everything, request.args.get("week"))
    return Chosen(
        facility=facility,
        day=day_of(request.args.get("day"), today),
        today=today,
        view=_view(of),
        departments=departments,
        department=department,
        kinds={k: count for k, count in kinds.items() if count},
        kind=kind,
        mine=mine,
        has_own=bool(own),
        resources=own if mine else [r for r in here if kind in {None, r.kind}],
        show=_show(),
        of=of,
    )


def remember(chosen: Chosen) -> None:
    """Keep facility, department and kind for as long as the session lasts."""
    query = chosen.query()
    kept = {
        "facility": chosen.facility.slug,
        "department": query["department"],
        "kind": query["kind"],
    }
    if session.get(_REMEMBERED) != kept:
        session[_REMEMBERED] = kept


def remembered_facility() -> str | None:
    """Give the facility that was looked at last."""
    kept: dict[str, str] = session.get(_REMEMBERED, {})
    return kept.get("facility")


def known(query: dict[str, str]) -> dict[str, str]:
    """Keep what a calendar is asked by, so that no other argument is passed on."""
    return {name: query[name] for name in _ASKED_BY if query.get(name)}


def _in_month(some_day: date, wanted: int) -> date:
    """Give that day of a month, or its last where the month is shorter."""
    last = calendar.monthrange(some_day.year, some_day.month)[1]
    return some_day.replace(day=min(wanted, last))


def _view(of: ResourceView | None) -> View:
    if request.args.get("view") == View.MONTH:
        return View.MONTH
    return View.WEEK if of else View.DAY


def _show() -> int:
    asked = number_of(request.args, "show") or SHOWN
    return max(SHOWN, min(asked, MOST_SHOWN))


def _own(facility: FacilityView, everything: list[ResourceView]) -> list[ResourceView]:
    """Give the columns the user chose for this facility, as far as they are there."""
    liked = current.user().likes.columns.get(str(facility.public_id), ())
    order = {public_id: n for n, public_id in enumerate(liked)}
    found = [each for each in everything if str(each.public_id) in order]
    return sorted(found, key=lambda each: order[str(each.public_id)])


def _asked(name: str, facility: FacilityView) -> str | None:
    """Give what the query says, or what was chosen for this facility before."""
    kept = session.get(_REMEMBERED, {})
    remembered = kept.get(name) if kept.get("facility") == facility.slug else None
    return request.args.get(name) or remembered


def _department(
    departments: list[DepartmentView], facility: FacilityView
) -> DepartmentView | None:
    asked = _asked("department", facility)
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
