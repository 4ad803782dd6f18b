"""Who comes to a visit together: add somebody to the group, take somebody off."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.booking import queries, service
from app.booking.kinds import Role
from app.booking.states import MOVES, OFF, Status
from app.booking.views import AppointmentView
from app.core import clock
from app.core.errors import DomainError, InputError
from app.doors import current
from app.doors.htmx import page, wants_partial
from app.doors.problems import problem_of
from app.web import people
from app.web.appointment_page import must_do
from app.web.reading import number_of, uuid_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("members", __name__, url_prefix="/appointments")

DONE = {"joined": "Added", "left": "Taken off"}


@bp.get("/<uuid:appointment>/people")
def show(appointment: UUID) -> ResponseReturnValue:
    """Show who comes, and a box to find who comes too."""
    found = queries.appointment(appointment, by=current.actor())
    must_do(Permission.MODIFY, found)
    return _page(found, request.args.get("done", ""))


@bp.post("/<uuid:appointment>/people")
def add(appointment: UUID) -> ResponseReturnValue:
    """Let one more take part, in a role; or look for who was typed."""
    if request.form.get("act") == "find":
        found = queries.appointment(appointment, by=current.actor())
        must_do(Permission.MODIFY, found)
        return _page(found)

    def join() -> AppointmentView:
        chosen = request.form.get("patient", "")
        return service.add_participant(
            appointment,
            uuid_of(chosen, field="patient", what="patient"),
            by=current.actor(),
            now=clock.now(),
            revision=number_of(request.form, "revision"),
            role=_role(request.form.get("role", "")),
        )

    return _answer(appointment, "joined", join)


@bp.post("/<uuid:appointment>/people/<uuid:patient>/remove")
def remove(appointment: UUID, patient: UUID) -> ResponseReturnValue:
    """Let one of them leave the group."""
    return _answer(
        appointment,
        "left",
        lambda: service.remove_participant(
            appointment,
            patient,
            by=current.actor(),
            now=clock.now(),
            revision=number_of(request.form, "revision"),
        ),
    )


def _role(typed: str) -> Role:
    try:
        return Role(typed or Role.PATIENT)
    except ValueError as exc:
        raise InputError(field="role", reason="choice") from exc


def _answer(
    appointment: UUID, done: str, act: Callable[[], AppointmentView]
) -> ResponseReturnValue:
    try:
        told = act()
    except DomainError as error:
        found = queries.appointment(appointment, by=current.actor())
        why = refusal_of(error, found.facility.zone)
        return _page(found, refusal=why, status=problem_of(error).status)
    if not wants_partial():
        return redirect(url_for(".show", appointment=appointment, done=done), 303)
    answer = _page(told, done)
    answer.headers["HX-Trigger"] = "calendar-changed"
    return answer


def _page(
    found: AppointmentView,
    done: str = "",
    *,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    place = found.facility
    # What was looked for has been found once somebody is added.
    typed = "" if done else request.form.get("q", "").strip()[:80]
    chosen = request.form.get("patient", "") if refusal else ""
    members = [each for each in found.participants if each.status not in OFF]
    patients = [each for each in members if each.role.treated]
    return page(
        "web/members.html",
        partial="web/_members.html",
        status=status,
        appointment=found,
        members=members,
        may_leave={
            each.patient.public_id
            for each in members
            # Without a patient it would be nobody's visit.
            if Status.CANCELLED in MOVES[each.status] and patients != [each]
        },
        facility=place,
        role="" if done else request.form.get("role", ""),
        q=typed,
        found=people.find(typed, chosen, place),
        done=DONE.get(done),
        refusal=refusal,
        now=clock.now(),
        zone=place.zone,
    )
