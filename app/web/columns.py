"""Choose which doctors, rooms, chairs, theatres and machines stand side by side."""

from itertools import groupby

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import service as accounts
from app.core import clock
from app.core.errors import DomainError
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web.choosing import MINE
from app.web.reading import day_of, uuid_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("columns", __name__, url_prefix="/calendar")


@bp.get("/<facility>/columns")
def form(facility: str) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    liked = current.user().likes.columns.get(str(place.public_id), ())
    return _form(place, list(liked))


@bp.post("/<facility>/columns")
def choose(facility: str) -> ResponseReturnValue:
    """Remember the columns for this user, and show them."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    ticked = request.form.getlist("column")
    if request.form.get("act") == "usual":
        ticked = []
    try:
        ids = [uuid_of(each, field="columns", what="resource") for each in ticked]
        accounts.choose_columns(place.public_id, place.id, ids, by=by, now=now)
    except DomainError as refusal:
        told = refusal_of(refusal, place.zone)
        return _form(place, ticked, told, problem_of(refusal).status)
    kind = MINE if ids else ResourceKind.PRACTITIONER.value
    address = url_for("calendar.show", facility=place.slug, day=_day(), kind=kind)
    return redirect(address, 303)


def _day() -> str | None:
    asked = request.values.get("day")
    return day_of(asked, clock.now().date()).isoformat() if asked else None


def _form(
    place: FacilityView,
    ticked: list[str],
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    found = [
        each
        for each in directory.resources(place, by=current.actor())
        if each.active and each.kind is not ResourceKind.TEAM
    ]
    order = list(ResourceKind)
    found.sort(key=lambda each: (order.index(each.kind), each.department))
    return page(
        "web/columns.html",
        partial="web/_columns.html",
        status=status,
        facility=place,
        groups=[
            (kind, list(each)) for kind, each in groupby(found, lambda each: each.kind)
        ],
        ticked=set(ticked),
        day=_day(),
        refusal=refusal,
    )
