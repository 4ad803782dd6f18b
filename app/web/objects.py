"""Any object of the house: what was said about it, and what was done to it."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import replace

from app.audit import queries, service
from app.audit.views import Talk
from app.booking import queries as booking
from app.core import clock
from app.core.errors import DomainError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current, trail_words
from app.doors.htmx import page, wants_partial
from app.doors.problems import problem_of
from app.reports import audit_queries as trails
from app.web import appointment_page
from app.web.reading import any_facility, utc, uuid_of
from app.web.talking import Saying
from app.web.telling import refusal_of

bp = Blueprint("objects", __name__, url_prefix="/objects")


@bp.get("/<kind>/<object_id>")
def show(kind: str, object_id: str) -> ResponseReturnValue:
    return _shown(kind, object_id, Saying.fresh())


@bp.post("/<kind>/<object_id>/comments")
def comment(kind: str, object_id: str) -> ResponseReturnValue:
    """Say something about an object; an appointment keeps its comments on its page."""
    said = Saying.read()
    try:
        service.comment(
            kind,
            object_id,
            said.text,
            by=current.actor(),
            now=clock.now(),
            once=said.key,
        )
    except DomainError as error:
        told = queries.talk(kind, object_id, by=current.actor())
        place = _place(told)
        said = replace(said, refusal=refusal_of(error, place.zone if place else utc))
        return _shown(kind, object_id, said, problem_of(error).status)
    if wants_partial():
        return _shown(kind, object_id, Saying.fresh(said=True))
    if kind == "appointment":
        address = url_for("appointments.show", appointment=object_id)
    else:
        address = url_for(".show", kind=kind, object_id=object_id)
    return redirect(f"{address}#comments", 303)


def _shown(
    kind: str, object_id: str, saying: Saying, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    by = current.actor()
    if kind == "appointment":
        number = uuid_of(object_id, field="object_id", what="appointment")
        if not wants_partial():
            found = booking.appointment(number, by=by)
            return appointment_page.shown(found, saying=saying, status=status)
    talk = queries.talk(kind, object_id, by=by)
    place = _place(talk)
    return page(
        "web/object.html",
        partial="web/_comments.html",
        status=status,
        talk=talk,
        saying=saying,
        facility=place or any_facility(),
        trail=trails.history(kind, object_id, by=by) if talk.about.trail else None,
        trail_words=trail_words,
        now=clock.now(),
        zone=place.zone if place else utc,
    )


def _place(talk: Talk) -> FacilityView | None:
    """Give the facility an object is in, if it is in one."""
    found = directory.facilities(by=current.actor())
    return next((f for f in found if f.id == talk.about.facility_id), None)
