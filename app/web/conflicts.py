"""The register of conflicts: what does not fit together, and the ways out of it."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import replace

from app.accounts.permissions import Permission
from app.booking import queries, resource_queries, service
from app.booking.errors import StatusError
from app.booking.kinds import Outcome, Trouble
from app.booking.states import MOVES, Status
from app.booking.views import AppointmentView, ConflictView, Hindrance, Want
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView, ResourceView
from app.doors import current, times
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web.hours_desk import leave_for
from app.web.reading import may, resource_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("conflicts", __name__, url_prefix="/conflicts")

TROUBLE: Mapping[Trouble, str] = {
    Trouble.DOUBLE_BOOKING: "Double booking",
    Trouble.MAINTENANCE_OVERLAP: "Leave or maintenance",
    Trouble.CAPACITY_EXCEEDED: "More than it holds",
}
OUTCOME: Mapping[Outcome, str] = {
    Outcome.UNRESOLVED: "Open",
    Outcome.REASSIGNED: "Given another",
    Outcome.OVERRIDE_APPROVED: "Approved",
    Outcome.CANCELLED: "Cancelled or over",
}
DONE: Mapping[str, str] = {
    "reassign": "Another doctor, room or machine is given.",
    "approve": "It stands, approved.",
    "cancel": "The visit is cancelled.",
    "undo": "That is taken back.",
}
_ALL = "all"


class Choice(Struct, frozen=True):
    """A resource that could be given instead, and what stands in its way then."""

    resource: ResourceView
    hindrance: str


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    """List conflicts by type, status and resource; the open ones unless asked."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    wanted = {name: request.args.get(name, "") for name in ("type", "status", "with")}
    refusal, found = None, []
    try:
        found = _found(place, wanted)
    except (InputError, NotFoundError) as exc:
        refusal = refusal_of(exc, place.zone)
    return page(
        "web/reports/conflicts.html",
        partial="web/reports/_conflicts.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK,
        facility=place,
        found=found,
        most=len(found) == resource_queries.MOST_CONFLICTS,
        wanted=wanted,
        resources=directory.resources(place, by=by),
        troubles=TROUBLE,
        outcomes=OUTCOME,
        refusal=refusal,
        typed=None,
        now=clock.now(),
        zone=place.zone,
    )


@bp.get("/<facility>/<uuid:conflict>")
def show(facility: str, conflict: UUID) -> ResponseReturnValue:
    """Show one conflict: who has what, and what may be done about it."""
    return _shown(*_named(facility, conflict))


@bp.post("/<facility>/<uuid:conflict>/<act>")
def solve(facility: str, conflict: UUID, act: str) -> ResponseReturnValue:
    """Give another resource, let it stand, cancel the visit, or take that back."""
    place, found = _named(facility, conflict)
    acts = _acts(place, found)
    if act not in acts:
        raise NotFoundError("conflict", field="conflict_id")
    try:
        if act != "undo" and found.status is not Outcome.UNRESOLVED:
            # Somebody else was sooner: nothing of the form is asked for any more.
            raise StatusError(status=found.status.value, wanted="resolved")
        acts[act]()
    except DomainError as refusal:
        status = problem_of(refusal).status
        _, found = _named(facility, conflict)
        told = refusal_of(refusal, place.zone)
        field = {"reason": f"{act}-reason", "resource_id": "to"}
        named = field.get(refusal.field or "", told.field)
        told = replace(told, field=named, about_place=False)
        return _shown(place, found, told, status)
    address = url_for(".show", facility=facility, conflict=conflict, done=act)
    return leave_for(address)


def _acts(place: FacilityView, found: ConflictView) -> dict[str, Callable[[], object]]:
    by, now, form = current.actor(), clock.now(), request.form

    def reason() -> str:
        why = form.get("reason", "")
        if not why.strip():
            raise InputError(field="reason", reason="required")
        return why

    def reassign() -> object:
        if not form.get("to"):
            raise InputError(field="resource_id", reason="choice")
        to = resource_of(place, form["to"])
        return service.reassign_conflict(found.id, to.public_id, by=by, now=now)

    def undo() -> object:
        if found.status is Outcome.OVERRIDE_APPROVED:
            return service.reopen_conflict(found.id, by=by, now=now)
        return service.undo(found.first.id, by=by, now=now)

    return {
        "reassign": reassign,
        "approve": lambda: service.approve_conflict(found.id, reason(), by=by, now=now),
        "cancel": lambda: service.cancel_conflict(found.id, reason(), by=by, now=now),
        "undo": undo,
    }


def _named(facility: str, conflict: UUID) -> tuple[FacilityView, ConflictView]:
    by = current.actor()
    place = directory.facility(facility, by=by)
    found = resource_queries.conflict(conflict, by=by)
    if found.facility_id != place.id:
        raise NotFoundError("conflict", field="conflict_id")
    return place, found


def _found(place: FacilityView, wanted: Mapping[str, str]) -> list[ConflictView]:
    """
    Read the filters, and the register by them.

    :raises InputError: if a filter is none of those offered
    :raises NotFoundError: if there is no such resource
    """
    kind, status = wanted["type"], wanted["status"] or Outcome.UNRESOLVED.value
    if kind and kind not in set(Trouble):
        raise InputError(field="type", reason="choice")
    if status != _ALL and status not in set(Outcome):
        raise InputError(field="status", reason="choice")
    code = wanted["with"]
    return resource_queries.conflicts(
        place.public_id,
        by=current.actor(),
        status=None if status == _ALL else Outcome(status),
        kind=Trouble(kind) if kind else None,
        resource_id=resource_of(place, code).id if code else None,
    )


def _shown(
    place: FacilityView,
    found: ConflictView,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    visit = queries.appointment(found.first.id, by=current.actor())
    is_open = found.status is Outcome.UNRESOLVED
    may_modify = may(Permission.MODIFY, place, visit.resource)
    principal = found.resource.id == visit.resource.id
    return page(
        "web/reports/conflict.html",
        partial="web/reports/_conflict.html",
        status=status,
        facility=place,
        it=found,
        visit=visit,
        principal=principal,
        choices=_choices(place, found) if is_open and not principal else [],
        may_modify=is_open and may_modify,
        may_approve=is_open and may(Permission.OVERRIDE, place, found.resource),
        may_cancel=is_open
        and Status.CANCELLED in MOVES[visit.status]
        and may(Permission.CANCEL, place, visit.resource),
        troubles=TROUBLE,
        outcomes=OUTCOME,
        undoing=_undoing(place, found, visit),
        done=request.args.get("done", "") if refusal is None else "",
        words_done=DONE,
        refusal=refusal,
        form=request.form,
        typed=None,
        now=clock.now(),
        zone=place.zone,
    )


def _undoing(place: FacilityView, found: ConflictView, visit: AppointmentView) -> str:
    """Say what may be taken back here, if anything."""
    if found.status is Outcome.OVERRIDE_APPROVED:
        may_reopen = may(Permission.OVERRIDE, place, found.resource)
        return "Take the approval back" if may_reopen else ""
    is_off = visit.status is Status.CANCELLED and found.status is Outcome.CANCELLED
    may_undo = is_off and may(Permission.CANCEL, place, visit.resource)
    return "Take the cancelling back" if may_undo else ""


def _choices(place: FacilityView, found: ConflictView) -> list[Choice]:
    """Give the other resources of that kind, those that are free then first."""
    by = current.actor()
    others = [
        each
        for each in directory.resources(place, by=by)
        if each.active
        and each.kind is found.resource.kind
        and each.id != found.resource.id
    ]
    wants = [Want(each.public_id, found.span) for each in others]
    hindrances = resource_queries.hindrances(
        place.public_id, wants, by=by, without=found.first.id
    )
    in_way = {each.resource.id: _why(each, place) for each in reversed(hindrances)}
    told = [Choice(each, in_way.get(each.id, "")) for each in others]
    return sorted(told, key=lambda each: (bool(each.hindrance), each.resource.name))


def _why(each: Hindrance, place: FacilityView) -> str:
    when = times.between(each.span, place.zone)
    if each.appointment is not None:
        return f"has {each.appointment.reference} {when}"
    return f"not free {when}" if each.reason == "taken" else "not offered then"
