"""The window for booking and the limits of one resource: set them, drop them."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from msgspec.structs import replace

from app.booking import service, window_queries
from app.booking.setting import NewRule
from app.core.errors import DomainError
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web.hours_desk import Whose, leave_for, types, whose
from app.web.reading import uuid_of
from app.web.telling import Refusal, refusal_of
from app.web.window_words import KINDS, settings_of, told_for

bp = Blueprint("windows", __name__, url_prefix="/schedules")

# The form has one number, whatever a rule calls it.
_FIELDS = {"days": "number", "minutes": "number", "limit": "number"}


@bp.get("/<facility>/house/window", defaults={"code": ""})
@bp.get("/<facility>/of/<code>/window")
def form(facility: str, code: str) -> ResponseReturnValue:
    it = whose(facility, code)
    it.must_manage()
    return _form(it)


@bp.post("/<facility>/house/window", defaults={"code": ""})
@bp.post("/<facility>/of/<code>/window")
def add(facility: str, code: str) -> ResponseReturnValue:
    """Set a rule; what is booked already stays."""
    it = whose(facility, code)
    kind = request.form.get("kind", "")
    try:
        asked = request.form.get("type", "")
        order = NewRule(
            kind=kind,
            settings=settings_of(kind, request.form),
            facility_id=it.facility.public_id,
            resource_id=it.resource_id,
            type_id=uuid_of(asked, field="type", what="type") if asked else None,
        )
        service.add_rule(order, by=current.actor(), now=it.now)
    except DomainError as refusal:
        told = refusal_of(refusal, it.zone)
        told = replace(told, field=_FIELDS.get(told.field, told.field))
        return _form(it, told, problem_of(refusal).status)
    return leave_for(it.to("schedules.show", done="set"))


@bp.post("/<facility>/house/window/<uuid:rule>/drop", defaults={"code": ""})
@bp.post("/<facility>/of/<code>/window/<uuid:rule>/drop")
def drop(facility: str, code: str, rule: UUID) -> ResponseReturnValue:
    it = whose(facility, code)
    service.drop_rule(rule, by=current.actor(), now=it.now)
    return leave_for(it.to("schedules.show", done="dropped"))


def _form(
    it: Whose, refusal: Refusal | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    rules = window_queries.windows(it.facility, it.resource, by=current.actor())
    return page(
        "web/hours/window.html",
        partial="web/hours/_window.html",
        status=status,
        it=it,
        facility=it.facility,
        kinds=[(name, kind.name) for name, kind in KINDS.items()],
        typed=request.form,
        types=list(types().values()),
        rules=[each for each in told_for(rules) if each.own],
        refusal=refusal,
        address=it.to("windows.add"),
        zone=it.zone,
        now=it.now,
    )
