"""The approvals inbox: approve, deny with a reason, offer another time."""

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.booking import queries, service
from app.booking.states import Status
from app.booking.views import AppointmentView, NewPlace
from app.core import clock
from app.core.errors import DomainError, InputError
from app.directory import queries as directory
from app.doors import current
from app.doors.problems import problem_of
from app.web.appointments import nearest
from app.web.reading import (
    any_facility,
    instant_of,
    must,
    number_of,
    resource_of,
    uuid_of,
)
from app.web.telling import Refusal, refusal_of

bp = Blueprint("approvals", __name__, url_prefix="/approvals")

# Waiting this long it is marked, and then in red.
AGEING, LATE = timedelta(minutes=30), timedelta(hours=2)
_UNDONE = frozenset({Status.SCHEDULED, Status.DENIED})
_DONE = frozenset({"approved", "denied", "offered", "accepted", "undone"})


@bp.get("/")
def index() -> ResponseReturnValue:
    return _page()


@bp.get("/count")
def count() -> ResponseReturnValue:
    """Tell how many wait; nothing when the page shows that number already."""
    waiting = queries.waiting(by=current.actor())
    if request.args.get("v") == str(waiting):
        return "", HTTPStatus.NO_CONTENT
    return render_template("web/_waiting.html", waiting=waiting)


@bp.post("/<uuid:appointment>/approve")
def approve(appointment: UUID) -> ResponseReturnValue:
    try:
        told = service.approve(
            appointment,
            by=current.actor(),
            now=clock.now(),
            revision=number_of(request.form, "revision"),
        )
    except DomainError as refusal:
        return _refused(appointment, refusal)
    return _done("approved", told)


@bp.post("/<uuid:appointment>/deny")
def deny(appointment: UUID) -> ResponseReturnValue:
    try:
        reason = request.form.get("reason", "")
        if not reason.strip():
            raise InputError(field="reason", reason="required")
        told = service.deny(
            appointment,
            reason,
            by=current.actor(),
            now=clock.now(),
            revision=number_of(request.form, "revision"),
        )
    except DomainError as refusal:
        return _refused(appointment, refusal)
    return _done("denied", told)


@bp.get("/<uuid:appointment>/offer")
def offer_form(appointment: UUID) -> ResponseReturnValue:
    found = queries.appointment(appointment, by=current.actor())
    claimed = (each.resource for each in found.resources)
    must(Permission.APPROVE, found.facility, found.resource, *claimed)
    return _offer_form(found)


@bp.post("/<uuid:appointment>/offer")
def offer(appointment: UUID) -> ResponseReturnValue:
    """Hold another place for a request, until the patient says yes or no."""
    by = current.actor()
    found = queries.appointment(appointment, by=by)
    try:
        if not request.form.get("pick"):
            raise InputError(field="pick", reason="choice")
        code = request.form.get("with") or found.resource.code
        place = NewPlace(
            starts_at=instant_of(request.form["pick"], field="pick"),
            resource_id=resource_of(found.facility, code).public_id,
            revision=number_of(request.form, "revision"),
        )
        told = service.offer_place(appointment, place, by=by, now=clock.now())
    except DomainError as refusal:
        words = refusal_of(refusal, found.facility.zone)
        return _offer_form(found, words, problem_of(refusal).status)
    return _done("offered", told)


@bp.post("/<uuid:appointment>/accept")
def accept(appointment: UUID) -> ResponseReturnValue:
    """Say yes for the patient to what was offered."""
    try:
        told = service.accept_place(
            appointment,
            by=current.actor(),
            now=clock.now(),
            revision=number_of(request.form, "revision"),
        )
    except DomainError as refusal:
        return _refused(appointment, refusal)
    return _done("accepted", told)


@bp.post("/<uuid:appointment>/undo")
def undo(appointment: UUID) -> ResponseReturnValue:
    try:
        told = service.undo(appointment, by=current.actor(), now=clock.now())
    except DomainError as refusal:
        return _refused(appointment, refusal)
    return _done("undone", told)


def age(asked: AppointmentView, now: datetime) -> str:
    """Tell how a request's age looks: nothing, a warning, or that it is late."""
    waits = now - asked.booked_at
    return "bad" if waits >= LATE else "warn" if waits >= AGEING else ""


def _done(what: str, told: AppointmentView) -> ResponseReturnValue:
    return redirect(url_for(".index", done=what, of=told.id), 303)


def _refused(appointment: UUID, refusal: DomainError) -> ResponseReturnValue:
    found = queries.appointment(appointment, by=current.actor())
    told = refusal_of(refusal, found.facility.zone)
    return _page(told, found, problem_of(refusal).status)


def _page(
    refusal: Refusal | None = None,
    about: AppointmentView | None = None,
    status: int = 200,
) -> Response:
    """Show what waits, and beneath what was offered and waits for the patient."""
    by, now = current.actor(), clock.now()
    asked = queries.inbox(by=by)
    done = request.args.get("done")
    if about is None and done in _DONE:
        named = uuid_of(request.args.get("of"), field="of", what="appointment")
        about = queries.appointment(named, by=by)
    body = render_template(
        "web/approvals.html",
        facility=any_facility(),
        waiting=[each for each in asked if each.offered_at is None],
        offered=[each for each in asked if each.offered_at is not None],
        several=len({each.facility.id for each in asked}) > 1,
        refusal=refusal,
        about=about,
        done=done if done in _DONE and refusal is None else None,
        may_undo=about is not None and about.status in _UNDONE,
        reason=request.form.get("reason", ""),
        age=age,
        now=now,
    )
    return make_response(body, status)


def _offer_form(
    found: AppointmentView, refusal: Refusal | None = None, status: int = 200
) -> Response:
    """Show three places near the one asked for, with whom is chosen."""
    by = current.actor()
    code = request.values.get("with") or found.resource.code
    everything = directory.resources(found.facility, by=by)
    body = render_template(
        "web/offer.html",
        facility=found.facility,
        appointment=found,
        code=code,
        resources=[r for r in everything if r.active and r.kind is found.resource.kind],
        openings=nearest(found, code, found.span.start),
        refusal=refusal,
        now=clock.now(),
        zone=found.facility.zone,
    )
    return make_response(body, status)
