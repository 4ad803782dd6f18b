"""An appointment: see it, move it, cancel it with a reason."""

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.booking import queries, service
from app.booking.kinds import Kind
from app.booking.views import AppointmentView, NewPlace, Opening, Whom
from app.core import clock
from app.core.errors import DomainError, InputError
from app.core.spans import local_date
from app.directory import queries as directory
from app.doors import current, times
from app.doors import nearest as places
from app.doors.htmx import page, wants_partial
from app.doors.problems import problem_of
from app.web.appointment_page import must_do, shown
from app.web.drafts import Draft
from app.web.reading import number_of, resource_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("appointments", __name__, url_prefix="/appointments")

# A visit of more minutes than a day has is not looked for.
_LONGEST = 24 * 60


@bp.get("/<uuid:appointment>")
def show(appointment: UUID) -> ResponseReturnValue:
    found = queries.appointment(appointment, by=current.actor())
    return shown(found, done=request.args.get("done"))


@bp.get("/<uuid:appointment>/move")
def move_form(appointment: UUID) -> ResponseReturnValue:
    found = queries.movable(appointment, by=current.actor(), now=clock.now())
    draft = Draft.read(
        {
            "with": found.resource.code,
            "day": local_date(found.span.start, found.facility.zone).isoformat(),
            "time": times.clock(found.span.start, found.facility.zone),
            "minutes": str(found.span.minutes),
        }
    )
    return _move_form(found, draft, found.span.start)


@bp.post("/<uuid:appointment>/move")
def move(appointment: UUID) -> ResponseReturnValue:
    by, now = current.actor(), clock.now()
    found = queries.appointment(appointment, by=by)
    zone = found.facility.zone
    draft, wanted = Draft.read(request.form), found.span.start
    try:
        # A drag says an instant, the form a day and a time.
        draft = draft.opened(zone, local_date(now, zone))
        wanted = draft.starts_at(zone, local_date(now, zone))
        minutes = number_of(request.form, "minutes")
        resource = resource_of(found.facility, draft.code)
        place = NewPlace(
            starts_at=wanted,
            ends_at=_end(found, wanted, minutes),
            resource_id=resource.public_id,
            revision=number_of(request.form, "revision"),
        )
        if request.form.get("following"):
            service.move_following(appointment, place, by=by, now=now)
            return after(queries.appointment(appointment, by=by), "moved_following")
        key = draft.key(appointment, resource.id, wanted, place.ends_at, place.revision)
        moved = service.move(appointment, place, by=by, now=now, once=key)
    except DomainError as refusal:
        told = refusal_of(refusal, zone)
        status = problem_of(refusal).status
        return _move_form(found, draft, wanted, told, status)
    return after(moved, "moved")


def _end(
    found: AppointmentView, start: datetime, minutes: int | None
) -> datetime | None:
    """Give the end of a time that is as long as asked; a token's is its slot's."""
    if minutes is None or found.kind is Kind.TOKEN:
        return None
    return start + timedelta(minutes=minutes)


@bp.get("/<uuid:appointment>/cancel")
def cancel_form(appointment: UUID) -> ResponseReturnValue:
    found = queries.appointment(appointment, by=current.actor())
    must_do(Permission.CANCEL, found)
    return _cancel_form(found)


@bp.post("/<uuid:appointment>/cancel")
def cancel(appointment: UUID) -> ResponseReturnValue:
    by = current.actor()
    found = queries.appointment(appointment, by=by)
    try:
        reason = request.form.get("reason", "")
        if not reason.strip():
            raise InputError(field="reason", reason="required")
        if request.form.get("following"):
            service.cancel_following(appointment, reason, by=by, now=clock.now())
            return after(queries.appointment(appointment, by=by), "following")
        off = service.cancel(
            appointment,
            reason,
            by=by,
            now=clock.now(),
            revision=number_of(request.form, "revision"),
        )
    except DomainError as refusal:
        told = refusal_of(refusal, found.facility.zone)
        return _cancel_form(found, told, problem_of(refusal).status)
    return after(off, "cancelled")


@bp.post("/<uuid:appointment>/undo")
def undo(appointment: UUID) -> ResponseReturnValue:
    """Take the last move back, or say on the page why that cannot be."""
    by = current.actor()
    try:
        told = service.undo(
            appointment,
            by=by,
            now=clock.now(),
            revision=number_of(request.form, "revision"),
        )
    except DomainError as error:
        found = queries.appointment(appointment, by=by)
        told_why = refusal_of(error, found.facility.zone)
        return shown(found, refusal=told_why, status=problem_of(error).status)
    return after(told, "undone")


def after(appointment: AppointmentView, done: str) -> ResponseReturnValue:
    """Show what was done, on the page itself or at its address."""
    if wants_partial():
        answer = shown(appointment, done=done)
        answer.headers["HX-Trigger"] = "calendar-changed"
        return answer
    address = url_for("appointments.show", appointment=appointment.id, done=done)
    return redirect(address, 303)


def _move_form(
    found: AppointmentView,
    draft: Draft,
    near: datetime,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    everything = directory.resources(found.facility, by=current.actor())
    same = [r for r in everything if r.active and r.kind is found.resource.kind]
    return page(
        "web/move.html",
        partial="web/_move.html",
        status=status,
        appointment=found,
        following=bool(request.form.get("following")),
        facility=found.facility,
        draft=draft,
        resources=same,
        openings=nearest(found, draft.code, near, draft.minutes),
        refusal=refusal,
        now=clock.now(),
        zone=found.facility.zone,
    )


def nearest(
    found: AppointmentView, code: str, near: datetime, minutes: str = ""
) -> list[Opening]:
    """
    Give the nearest places of the same kind, other than the present one.

    Only what no rule refuses whose visit it is.
    """
    long = int(minutes) if minutes.isascii() and minutes.isdigit() else 0
    resource = resource_of(found.facility, code)
    free = places.openings(
        found.facility,
        resource,
        found.type.public_id,
        near,
        now=clock.now(),
        minutes=min(long, _LONGEST) or max(1, found.span.minutes),
        most=20,
        whom=Whom(found.patient.public_id, found.id) if found.patient else None,
    )
    here = (found.resource.id, found.span.start)
    fitting = [
        opening
        for opening in free
        if opening.kind is found.kind
        and (opening.resource.id, opening.span.start) != here
    ]
    return fitting[:3]


def _cancel_form(
    found: AppointmentView,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    return page(
        "web/cancel.html",
        partial="web/_cancel.html",
        status=status,
        appointment=found,
        following=bool(request.form.get("following")),
        facility=found.facility,
        reason=request.form.get("reason", ""),
        refusal=refusal,
        now=clock.now(),
        zone=found.facility.zone,
    )
