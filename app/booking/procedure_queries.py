"""What doors read of whole sets: their first openings, and procedures."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import eyes, facts, first_opening, planning, seeking
from app.booking.views import JointOpening, ProcedureView, Seeking, Whom
from app.core.actor import Actor
from app.core.errors import InputError
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView

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
    whom: Whom | None = None,
) -> list[JointOpening]:
    """
    Give the first times within 90 days at which a whole set is free together.

    From `after` on, else from now; each begins when the one before it ends. Buffers,
    leave, holidays, maintenance, capacity and holds are respected, and the rules of the
    first member; with `whom`, those of that patient too.

    :raises InputError: if the set cannot be right
    :raises NoneFreeError: if there is nobody who could be a member
    :raises NotFoundError: if it names what is not there
    """
    eyes.in_sight(facility, by)
    _check(most)
    sought = seeking.resolve(facility, asked, by=by, after=after or now)
    eyes.may_view(facility, sought.everybody, by)
    known = facts.of(whom, facility, sought.everybody, by=by, now=now)
    return first_opening.find(
        sought, after or now, by=by, now=now, most=most, known=[known] if known else ()
    )


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

    Only those that no rule refuses one of its patients.

    :raises NotFoundError: if there is no such procedure, or not for this actor's eyes
    """
    told, facility = planning.seen(procedure, by)
    _check(most)
    sought = planning.sought(told.order, facility, by=by, after=after or now)
    known = [facts.about(each, now=now) for each in sought.patients]
    return first_opening.find(
        sought, after or now, by=by, now=now, most=most, known=known
    )


def procedures(
    facility: FacilityView, *, by: Actor, state: str | None = None
) -> list[ProcedureView]:
    """Give the procedures of a facility, the most urgent and oldest first."""
    eyes.in_sight(facility, by)
    if state is not None and state not in STATES:
        raise InputError(field="state", reason="choice", choices=STATES)
    may = accounts.asking(by, Permission.VIEW_CALENDAR)
    here = directory.resources(facility.id)
    return [
        _for_eyes(each, facility, here, by)
        for each in planning.of(facility, state, MOST)
        if planning.touches(each.order, facility, here, may)
    ]


def procedure(procedure: UUID, *, by: Actor) -> ProcedureView:
    """
    Give one procedure.

    :raises NotFoundError: if there is no such procedure, or not for this actor's eyes
    """
    told, facility = planning.seen(procedure, by)
    return _for_eyes(told, facility, directory.resources(facility.id), by)


def _for_eyes(
    told: ProcedureView,
    facility: FacilityView,
    here: Sequence[ResourceView],
    by: Actor,
) -> ProcedureView:
    """Leave out who it is for, for actors who may see the calendar alone."""
    may = accounts.asking(by, Permission.VIEW_PATIENTS)
    if planning.touches(told.order, facility, here, may):
        return told
    hidden = replace(told.order, patient_ids=(), note="")
    return replace(told, order=hidden, cancel_reason="")


def _check(most: int) -> None:
    if not 1 <= most <= MOST_OPENINGS:
        raise InputError(field="most", reason="between", least=1, most=MOST_OPENINGS)
