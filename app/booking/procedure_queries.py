"""What doors read of whole sets: their first openings, and procedures."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import first_opening, planning, seeking
from app.booking.views import JointOpening, ProcedureView, Seeking
from app.core.actor import Actor
from app.core.errors import InputError
from app.directory.views import FacilityView

MOST = 200
MOST_OPENINGS = 20
STATES = ("planned", "booked", "done", "cancelled")


def first_openings(
    facility: FacilityView,
    asked: Seeking,
    *,
    by: Actor,
    now: datetime,
    after: datetime | None = None,
    most: int = 1,
) -> list[JointOpening]:
    """
    Give the first times within 90 days at which a whole set is free together.

    From `after` on, else from now; each begins when the one before it ends. Buffers,
    leave, holidays, maintenance, capacity and holds are respected, and the rules of the
    first member.

    :raises InputError: if the set cannot be right
    :raises NoneFreeError: if there is nobody who could be a member
    :raises NotFoundError: if it names what is not there
    """
    accounts.require(by, Permission.VIEW_CALENDAR, Scope(facility.id))
    _check(most)
    sought = seeking.resolve(facility, asked, after=after or now)
    return first_opening.find(sought, after or now, by=by, now=now, most=most)


def procedure_openings(
    procedure: UUID,
    *,
    by: Actor,
    now: datetime,
    after: datetime | None = None,
    most: int = 1,
) -> list[JointOpening]:
    """
    Give the first times at which all that a procedure needs is free together.

    :raises NotFoundError: if there is no such procedure, or not for this actor's eyes
    """
    told, facility = planning.seen(procedure, by)
    _check(most)
    sought = planning.sought(told.order, facility, after=after or now)
    return first_opening.find(sought, after or now, by=by, now=now, most=most)


def procedures(
    facility: FacilityView, *, by: Actor, state: str | None = None
) -> list[ProcedureView]:
    """Give the procedures of a facility, the most urgent and oldest first."""
    accounts.require(by, Permission.VIEW_CALENDAR, Scope(facility.id))
    if state is not None and state not in STATES:
        raise InputError(field="state", reason="choice", choices=STATES)
    found = planning.of(facility, state, MOST)
    return [_for_eyes(each, facility, by) for each in found]


def procedure(procedure: UUID, *, by: Actor) -> ProcedureView:
    """
    Give one procedure.

    :raises NotFoundError: if there is no such procedure, or not for this actor's eyes
    """
    told, facility = planning.seen(procedure, by)
    return _for_eyes(told, facility, by)


def _for_eyes(told: ProcedureView, facility: FacilityView, by: Actor) -> ProcedureView:
    """Leave out who it is for, for actors who may see the calendar alone."""
    if accounts.allowed(by, Permission.VIEW_PATIENTS, Scope(facility.id)):
        return told
    hidden = replace(told.order, patient_ids=(), note="")
    return replace(told, order=hidden, cancel_reason="")


def _check(most: int) -> None:
    if not 1 <= most <= MOST_OPENINGS:
        raise InputError(field="most", reason="between", least=1, most=MOST_OPENINGS)
