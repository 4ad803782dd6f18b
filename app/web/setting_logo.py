"""Set-up of the picture that patients see on the pages of a facility."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import DomainError, InputError
from app.directory import queries as directory
from app.directory import service
from app.directory.views import FacilityView
from app.doors import current
from app.doors.problems import problem_of
from app.web.hours_desk import leave_for
from app.web.setting_form import place_of
from app.web.telling import refusal_of

bp = Blueprint("setting_logo", __name__, url_prefix="/setup")

DONE = {
    "changed": "The logo is changed. Patients see it from now on.",
    "removed": "The logo is removed. Patients see the name alone.",
}


@bp.get("/at/<facility>/logo")
def form(facility: str) -> ResponseReturnValue:
    """Show the picture there is, and ask for another."""
    return _shown(place_of(facility, Permission.MANAGE_DIRECTORY))


@bp.post("/at/<facility>/logo")
def change(facility: str) -> ResponseReturnValue:
    """Take a picture; what is none, or too large, is refused."""
    place = directory.facility(facility, by=current.actor())
    try:
        service.set_logo(place, _sent(), by=current.actor(), now=clock.now())
    except DomainError as error:
        return _shown(place, error)
    return leave_for(url_for(".form", facility=facility, done="changed"))


@bp.post("/at/<facility>/logo/remove")
def remove(facility: str) -> ResponseReturnValue:
    """Take the picture away."""
    place = directory.facility(facility, by=current.actor())
    service.set_logo(place, None, by=current.actor(), now=clock.now())
    return leave_for(url_for(".form", facility=facility, done="removed"))


def _sent() -> bytes:
    sent = request.files.get("logo")
    picture = sent.read() if sent else b""
    if not picture:
        raise InputError(field="logo", reason="no_picture")
    return picture


def _shown(
    place: FacilityView, error: DomainError | None = None
) -> ResponseReturnValue:
    page = render_template(
        "web/setup/logo.html",
        facility=place,
        refusal=refusal_of(error, place.zone) if error else None,
        field=error.field if error else "",
        done=None if error else DONE.get(request.args.get("done", "")),
        now=clock.now(),
        zone=place.zone,
    )
    return page, problem_of(error).status if error else 200
