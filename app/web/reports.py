"""Reports: one page for each question, by the same filters, with its tables as CSV."""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import InputError, NotFoundError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView
from app.doors import current, times
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.reports.views import Asked
from app.web.reading import day_of, may, must, uuid_of, zone_name
from app.web.report_sheet import Sheet, as_csv, shown
from app.web.report_sheets import REPORTS, Ask
from app.web.telling import Refusal, refusal_of

bp = Blueprint("reports", __name__, url_prefix="/reports")

# Four weeks say what is usual, and are short enough to have changed something.
_USUAL = timedelta(days=27)


class Typed(Struct, frozen=True):
    """The filters as they were typed."""

    kind: str
    department: str
    first: str
    last: str

    @classmethod
    def read(cls, name: str, values: Mapping[str, str], today: date) -> "Typed":
        """Read the filters of a report; utilization begins with the doctors alone."""
        usual = ResourceKind.PRACTITIONER.value if name == "utilization" else ""
        return cls(
            kind=values.get("kind", usual)[:30],
            department=values.get("department", "")[:40],
            first=values.get("first", "")[:20] or (today - _USUAL).isoformat(),
            last=values.get("last", "")[:20] or today.isoformat(),
        )

    def asked(self, today: date) -> Asked:
        """
        Say what is asked for.

        :raises InputError: naming the filter that cannot be right
        """
        if self.kind not in {"", *ResourceKind}:
            raise InputError(field="kind", reason="choice")
        department = None
        if self.department:
            department = uuid_of(
                self.department, field="department_id", what="department"
            )
        return Asked(
            first=_day(self.first, today, "first"),
            last=_day(self.last, today, "last"),
            kind=ResourceKind(self.kind) if self.kind else None,
            department_id=department,
        )

    @property
    def days(self) -> str:
        """Say which days, as they were typed if they are none."""
        try:
            first, last = map(date.fromisoformat, (self.first, self.last))
        except ValueError:
            return f"{self.first} to {self.last}"
        return f"{times.short_day(first)} to {times.full_day(last)}"

    @property
    def query(self) -> dict[str, str]:
        """Give the filters as an address has them."""
        named = {name: getattr(self, name) for name in self.__struct_fields__}
        # No kind means all of them, and is said: some reports begin with one.
        return {name: v for name, v in named.items() if v or name == "kind"}


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    must(Permission.VIEW_ANALYTICS, place)
    return redirect(url_for(".show", facility=facility, name="utilization"))


@bp.get("/<facility>/<name>")
def show(facility: str, name: str) -> ResponseReturnValue:
    """Show a report of the days and resources that are asked for."""
    place = directory.facility(facility, by=current.actor())
    must(Permission.VIEW_ANALYTICS, place)
    ask_for = _ask(name, place)
    try:
        sheet = _sheet(name, place, ask_for)
    except InputError as refusal:
        told = refusal_of(refusal, place.zone)
        return _page(place, name, ask_for, told, problem_of(refusal).status)
    return _page(place, name, ask_for, sheet)


@bp.get("/<facility>/<name>.csv")
def csv(facility: str, name: str) -> ResponseReturnValue:
    """Give a table of a report as a file."""
    place = directory.facility(facility, by=current.actor())
    ask_for = _ask(name, place)
    section = _sheet(name, place, ask_for).section(request.args.get("table"))
    answer = make_response(as_csv(section.table))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    days = f"{ask_for.first}_{ask_for.last}"
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{place.slug}_{name}_{section.name}_{days}.csv"'
    )
    return answer


def _ask(name: str, place: FacilityView) -> Typed:
    return Typed.read(name, request.args, local_date(clock.now(), place.zone))


def _sheet(name: str, place: FacilityView, typed: Typed) -> Sheet:
    """
    Make a report.

    :raises NotFoundError: if there is none by that name
    """
    if name not in REPORTS:
        raise NotFoundError("report", field="name")
    now = clock.now()
    asked = typed.asked(local_date(now, place.zone))
    _, make = REPORTS[name]
    return make(Ask(place, asked, current.actor(), now))


def _page(
    place: FacilityView,
    name: str,
    typed: Typed,
    found: Sheet | Refusal,
    status: int = HTTPStatus.OK,
) -> Response:
    by, now = current.actor(), clock.now()
    return page(
        "web/reports/show.html",
        partial="web/reports/_report.html",
        status=status,
        facility=place,
        name=name,
        title=REPORTS[name][0],
        typed=typed,
        kinds=sorted({each.kind for each in directory.resources(place, by=by)}),
        departments=directory.departments(place, by=by),
        sheet=found if isinstance(found, Sheet) else None,
        refusal=found if isinstance(found, Refusal) else None,
        shown=shown,
        zone_name=zone_name(place.zone, now),
        now=now,
        zone=place.zone,
    )


def _day(written: str, today: date, field: str) -> date:
    try:
        return day_of(written, today)
    except InputError as exc:
        raise InputError(field=field, reason="date") from exc


def may_report(facility: FacilityView) -> bool:
    """Say whether to show the way to the reports of a facility."""
    return may(Permission.VIEW_ANALYTICS, facility)
