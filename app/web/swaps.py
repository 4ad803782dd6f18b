"""Another chair, room or machine for an appointment; what it lacks, chosen."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.booking import queries, service, swap_queries
from app.booking.views import AppointmentView, Arrangement, Want
from app.core import clock
from app.core.errors import DomainError, InputError
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.doors.words import PASSED
from app.web.appointment_page import shown
from app.web.appointments import after
from app.web.reading import number_of, uuid_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("swaps", __name__, url_prefix="/appointments")

# Chosen in place of a resource: do without it.
NONE = "none"


@bp.get("/<uuid:appointment>/resources/<uuid:resource>")
def form(appointment: UUID, resource: UUID) -> ResponseReturnValue:
    found = queries.appointment(appointment, by=current.actor())
    return _form(found, resource)


@bp.post("/<uuid:appointment>/resources/<uuid:resource>")
def swap(appointment: UUID, resource: UUID) -> ResponseReturnValue:
    """Give the appointment another resource instead; what is in the way is named."""
    by, now = current.actor(), clock.now()
    found = queries.appointment(appointment, by=by)
    try:
        told = service.assign(
            appointment,
            Arrangement(resources=_wanted(found, resource)),
            by=by,
            now=now,
            revision=number_of(request.form, "revision"),
        )
    except DomainError as error:
        refusal = refusal_of(error, found.facility.zone)
        return _form(found, resource, refusal, problem_of(error).status)
    return after(told, "swapped")


@bp.post("/<uuid:appointment>/resources/missing")
def complete(appointment: UUID) -> ResponseReturnValue:
    """Choose what the appointment needs and has not got; say what is not free."""
    by = current.actor()
    found = queries.appointment(appointment, by=by)
    try:
        told = service.auto_assign(
            appointment,
            by=by,
            now=clock.now(),
            revision=number_of(request.form, "revision"),
        )
    except DomainError as error:
        refusal = refusal_of(error, found.facility.zone)
        return shown(found, refusal=refusal, status=problem_of(error).status)
    return after(told.appointment, "swapped")


def _wanted(found: AppointmentView, resource: UUID) -> tuple[Want, ...]:
    """Give all that the appointment shall have, one of them replaced or left out."""
    chosen = request.form.get("to", "")
    if not chosen:
        raise InputError(field="to", reason="choice")
    to = None if chosen == NONE else uuid_of(chosen, field="to", what="resource")
    return tuple(
        Want(to if named == resource and to else named, claim.during)
        for claim in found.resources
        for named in [claim.resource.public_id]
        if named != resource or to is not None
    )


def _form(
    found: AppointmentView,
    resource: UUID,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    claim, steads = swap_queries.instead(found.id, resource, by=current.actor())
    return page(
        "web/swap.html",
        partial="web/_swap.html",
        status=status,
        appointment=found,
        facility=found.facility,
        claim=claim,
        free=[each for each in steads if not each.why],
        taken=[each for each in steads if each.why],
        passed=PASSED,
        chosen=request.form.get("to", ""),
        refusal=refusal,
        now=clock.now(),
        zone=found.facility.zone,
    )
