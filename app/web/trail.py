"""The audit search: who did what to which object, and when; by permission."""

from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import fields

from app.accounts.permissions import Permission
from app.audit.views import Line
from app.core import clock
from app.core.errors import DomainError, InputError
from app.core.spans import Span, day_span, local_date
from app.directory.views import FacilityView
from app.doors import current, trail_words
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.reports import audit_queries as trails
from app.reports.audit_queries import Asked, Found
from app.web.reading import any_facility, day_of, may, utc, zone_name
from app.web.telling import refusal_of

bp = Blueprint("trail", __name__, url_prefix="/audit")

# Looked through when nothing is said.
USUAL = timedelta(days=6)
_LONGEST = 120
_DIGITS = 18


class Typed(Struct, frozen=True):
    """The search as it was typed; days are those of the chosen facility."""

    who: str = ""
    kind: str = ""
    id: str = ""
    facility: str = ""
    first: str = ""
    last: str = ""

    @classmethod
    def read(cls, today: date) -> "Typed":
        """Read the address; without days, the last week's."""
        values = {
            each.name: request.args.get(each.name, "").strip()[:_LONGEST]
            for each in fields(cls)
        }
        values["first"] = values["first"] or (today - USUAL).isoformat()
        values["last"] = values["last"] or today.isoformat()
        return cls(**values)

    def address(self, below: int | None = None) -> str:
        """Give the address of this search, or of the page after a line."""
        asked = {each.name: getattr(self, each.name) for each in fields(self)}
        said = {name: value for name, value in asked.items() if value}
        return url_for("trail.search", **said, below=below)


@bp.get("/")
def search() -> ResponseReturnValue:
    places = list(trails.trail_places(by=current.actor()))
    place = next((p for p in places if p.slug == request.args.get("facility")), None)
    zone = _zone(place or any_facility())
    typed = Typed.read(local_date(clock.now(), zone))
    try:
        found = trails.search(_asked(typed, place, zone), by=current.actor())
    except DomainError as error:
        return _page(places, typed, Found(()), zone, error)
    return _page(places, typed, found, zone)


def _asked(typed: Typed, place: FacilityView | None, zone: ZoneInfo) -> Asked:
    if typed.facility and place is None:
        raise InputError(field="facility", reason="choice")
    first, last = _day(typed.first, "first"), _day(typed.last, "last")
    if last < first:
        raise InputError(field="last", reason="before_start")
    return Asked(
        during=Span(day_span(first, zone).start, day_span(last, zone).end),
        who=typed.who,
        kind=typed.kind,
        object_id=_id(typed.id),
        facility_id=place.id if place else None,
        below=_below(),
    )


def _day(written: str, field: str) -> date:
    try:
        return day_of(written, date.min)
    except InputError as exc:
        raise InputError(field=field, reason="date") from exc


def _below() -> int | None:
    written = request.args.get("below", "")
    digits = written.isascii() and written.isdigit() and len(written) < _DIGITS
    return int(written) if digits else None


def _id(written: str) -> str:
    """Read an outside id; however it is written, the trail writes it in one way."""
    try:
        return str(UUID(written)) if written else ""
    except ValueError:
        return written.replace("\0", "?")


def _zone(place: FacilityView | None) -> ZoneInfo:
    return place.zone if place else utc


def _page(
    places: list[FacilityView],
    typed: Typed,
    found: Found,
    zone: ZoneInfo,
    error: DomainError | None = None,
) -> Response:
    refusal = refusal_of(error, zone) if error else None
    status = problem_of(error).status if error else HTTPStatus.OK
    now = clock.now()
    return page(
        "web/trail.html",
        partial="web/_found.html",
        status=status,
        facility=any_facility(),
        places=[("", "Everywhere I may look"), *((p.slug, p.name) for p in places)],
        place_names={each.id: each.name for each in places},
        typed=typed,
        found=found,
        refusal=refusal,
        trail_words=trail_words,
        page_of=page_of,
        now=now,
        zone=zone,
        zone_name=zone_name(zone, now),
    )


def page_of(line: Line) -> str | None:
    """Give the page of what a line is about, if it has one."""
    if line.kind == "appointment":
        return url_for("appointments.show", appointment=line.object_id)
    if line.kind in trails.spoken_of():
        return url_for("objects.show", kind=line.kind, object_id=line.object_id)
    return None


def may_search(facility: FacilityView) -> bool:
    """Say whether to show the way here: to who may see a whole facility's trail."""
    return may(Permission.VIEW_AUDIT, facility)
