"""The rebooking list: who lost their place, and another one for each."""

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import replace

from app.accounts.permissions import Permission
from app.booking import displacement_queries, service
from app.booking.kinds import Rebook
from app.booking.views import NewPlace, RebookingView
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web.hours_desk import leave_for
from app.web.reading import clock_of, day_of, local_instant, may, resource_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("rebookings", __name__, url_prefix="/rebookings")

DONE = {
    "booked": "Booked.",
    "held": "The next place that fits is held.",
    "dropped": "Struck off the list.",
}


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    """List who waits for another place, the longest first; and who has one since."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    found = displacement_queries.rebookings(place, by=by)
    return page(
        "web/hours/rebookings.html",
        partial="web/hours/_rebookings.html",
        facility=place,
        waiting=[each for each in found if each.status is Rebook.OPEN],
        settled=[each for each in found if each.status is not Rebook.OPEN][-20:],
        may_book=may(Permission.MODIFY, place),
        done=DONE.get(request.args.get("done", "")),
        now=clock.now(),
        zone=place.zone,
    )


@bp.get("/<facility>/<uuid:entry>")
def show(facility: str, entry: UUID) -> ResponseReturnValue:
    """Show one entry: book another place for them, or strike them off."""
    place, found = _found(facility, entry)
    was = found.appointment
    day = local_date(was.span.start, place.zone).isoformat()
    typed = {"with": was.resource.code, "day": day, "time": ""}
    return _shown(place, found, typed)


@bp.post("/<facility>/<uuid:entry>/propose")
def propose(facility: str, entry: UUID) -> ResponseReturnValue:
    place, found = _found(facility, entry)
    by, now = current.actor(), clock.now()
    try:
        told = service.propose_rebooking(entry, by=by, now=now)
    except DomainError as refusal:
        return _refused(place, found, refusal)
    if told.proposal is None:
        typed = {"with": told.appointment.resource.code}
        return _shown(place, told, typed, _NOTHING, HTTPStatus.CONFLICT)
    return leave_for(url_for(".index", facility=facility, done="held"))


@bp.post("/<facility>/<uuid:entry>/book")
def book(facility: str, entry: UUID) -> ResponseReturnValue:
    """Book what is held, or the place that was typed."""
    place, found = _found(facility, entry)
    by, now = current.actor(), clock.now()
    try:
        to = _place(place, request.form) if request.form.get("other") == "1" else None
        service.rebook(entry, to, by=by, now=now)
    except DomainError as refusal:
        return _refused(place, found, refusal)
    return leave_for(url_for(".index", facility=facility, done="booked"))


@bp.post("/<facility>/<uuid:entry>/drop")
def drop(facility: str, entry: UUID) -> ResponseReturnValue:
    """Strike somebody off the list, with a reason."""
    place, found = _found(facility, entry)
    try:
        reason = request.form.get("reason", "")
        if not reason.strip():
            raise InputError(field="reason", reason="required")
        service.drop_rebooking(entry, reason, by=current.actor(), now=clock.now())
    except DomainError as refusal:
        return _refused(place, found, refusal)
    return leave_for(url_for(".index", facility=facility, done="dropped"))


_NOTHING = Refusal(
    "No place fits",
    "Whatever they need is never free together in the days ahead. Type another place.",
    field="",
    about_place=False,
)


def _found(slug: str, entry: UUID) -> tuple[FacilityView, RebookingView]:
    by = current.actor()
    place = directory.facility(slug, by=by)
    for each in displacement_queries.rebookings(place, by=by):
        if each.id == entry:
            return place, each
    raise NotFoundError("rebooking", field="rebooking_id")


def _place(place: FacilityView, values: Mapping[str, str]) -> NewPlace:
    day = day_of(values.get("day"), local_date(clock.now(), place.zone))
    at = clock_of(values.get("time", ""), field="time")
    resource = resource_of(place, values.get("with"))
    starts_at = local_instant(day, at, place.zone, field="time")
    return NewPlace(starts_at, resource_id=resource.public_id)


def _refused(
    place: FacilityView, found: RebookingView, refusal: DomainError
) -> Response:
    told = refusal_of(refusal, place.zone)
    named = told.field or ("time" if request.form.get("other") == "1" else "")
    told = replace(told, field=named, about_place=False)
    return _shown(place, found, request.form, told, problem_of(refusal).status)


def _shown(
    place: FacilityView,
    found: RebookingView,
    typed: Mapping[str, str],
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    by = current.actor()
    return page(
        "web/hours/rebooking.html",
        partial="web/hours/_rebooking.html",
        status=status,
        facility=place,
        it=found,
        typed=typed,
        resources=[r for r in directory.resources(place, by=by) if r.active],
        may_book=may(Permission.MODIFY, place),
        may_drop=may(Permission.CANCEL, place),
        refusal=refusal,
        now=clock.now(),
        zone=place.zone,
    )
