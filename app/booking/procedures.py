"""Acts on procedures: plan one, change it, call it off, and book it as a whole."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import (
    drafting,
    facts,
    first_opening,
    guard,
    holding,
    links,
    places,
    planning,
    rows,
    taking,
)
from app.booking.errors import ChangedError, NoneFreeError, StatusError
from app.booking.kinds import How, ProcedureIs
from app.booking.models import Procedure, ProcedureNeed, ProcedurePatient
from app.booking.seeking import Sought
from app.booking.views import (
    Assigned,
    Choice,
    JointOpening,
    Link,
    NewProcedure,
    NewTimed,
    Once,
    ProcedurePlace,
    ProcedureView,
    Want,
)
from app.core.actor import Actor
from app.core.db import db, savepoint, transaction
from app.core.errors import BusyError, RuleError
from app.core.text import clean
from app.directory import internal as directory
from app.directory.views import FacilityView

# How many openings are tried, each refused by a rule of a patient.
TRIES = 5


def add_procedure(order: NewProcedure, *, by: Actor, now: datetime) -> ProcedureView:
    """
    Plan a procedure; it takes no place until it is booked.

    :raises InputError: if a field cannot be right
    :raises NoneFreeError: if nobody in the facility could meet one of its needs
    :raises NotFoundError: if it names what is not there
    """
    with transaction() as session:
        facility = directory.facility(order.facility_id)
        plan = planning.plan(order, facility, by=by, now=now)
        row = Procedure(
            public_id=uuid4(),
            facility_id=facility.id,
            status=ProcedureIs.PLANNED,
            cancel_reason="",
            created_by=by.key,
            created_by_name=by.called,
            created_at=now,
            revision=1,
            **plan.columns,
        )
        session.add(row)
        session.flush()
        _write(row, plan)
        told = planning.one(row.public_id)
        audit.record(
            "procedure.added",
            audit.Subject("procedure", row.public_id, facility.id),
            by=by,
            now=now,
            after=planning.for_trail(told),
        )
        return told


def change_procedure(
    procedure: UUID,
    order: NewProcedure,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> ProcedureView:
    """
    Change a procedure that is not booked, all of it.

    :raises ChangedError: if somebody changed it since `revision`
    :raises InputError: if a field cannot be right
    :raises NotFoundError: if there is no such procedure, or it names what is not there
    :raises StatusError: if it is booked, done or cancelled
    """
    with transaction() as session:
        row, facility, before = _open(procedure, revision, by=by)
        # It stays where it is: another facility would be another procedure.
        plan = planning.plan(order, facility, by=by, now=now)
        for name, value in plan.columns.items():
            setattr(row, name, value)
        row.revision += 1
        for each in (ProcedurePatient, ProcedureNeed):
            session.execute(delete(each).where(each.procedure_id == row.id))
        _write(row, plan)
        session.flush()
        told = planning.one(procedure)
        audit.record(
            "procedure.changed",
            audit.Subject("procedure", procedure, facility.id),
            by=by,
            now=now,
            before=planning.for_trail(before),
            after=planning.for_trail(told),
        )
        return told


def cancel_procedure(
    procedure: UUID,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> ProcedureView:
    """
    Call a procedure off that is not booked.

    :raises ChangedError: if somebody changed it since `revision`
    :raises InputError: if no reason is given
    :raises NotFoundError: if there is no such procedure
    :raises StatusError: if it is booked, done or cancelled
    """
    why = clean(reason, field="reason", least=1, most=200)
    with transaction() as session:
        row, facility, before = _open(procedure, revision, by=by)
        row.status, row.cancel_reason = ProcedureIs.CANCELLED, why
        row.revision += 1
        session.flush()
        audit.record(
            "procedure.cancelled",
            audit.Subject("procedure", procedure, facility.id),
            by=by,
            now=now,
            before={"state": before.state},
            after={"state": row.status, "reason": why},
        )
        return planning.one(procedure)


def book_procedure(
    procedure: UUID,
    place: ProcedurePlace,
    *,
    by: Actor,
    now: datetime,
    once: Once | None = None,
) -> Assigned:
    """
    Book a procedure with everybody and everything it needs, and for its patients.

    At a moment, or at its first opening; who was chosen, and why, is told.

    :raises LinkTakenError: if it has an appointment already
    :raises NoneFreeError: if they are not all free together
    :raises NotFoundError: if there is no such procedure
    :raises RuleError: if a rule forbids it
    :raises StatusError: if it is cancelled
    """
    told, facility = planning.seen(procedure, by)
    link, fresh = Link("procedure", procedure), uuid4()
    sought = planning.sought(told.order, facility, by=by, after=now)
    keys = [*_keys(sought), *links.keys(link)]
    with guard.acting(keys, fresh, by=by, now=now, once=once) as before:
        if before is not None:
            return Assigned(rows.one(before), ())
        links.free(link, keys, now=now)
        links.checked(link, facility)
        told, _ = planning.seen(procedure, by)
        sought = planning.sought(told.order, facility, by=by, after=now)
        if not set(_keys(sought)) <= set(keys):
            # Somebody changed what it needs, or who there is, just before.
            raise BusyError
        named = [w.ranked[0] for w in sought.wanted if len(w.ranked) == 1]
        accounts.require(by, Permission.REQUEST, places.scope(facility, named))
        holding.expire([each.id for each in sought.everybody], now=now)
        found = _openings(sought, place, by=by, now=now)
        return _book(told, place, found, fresh, by=by, now=now)


def _openings(
    sought: Sought, place: ProcedurePlace, *, by: Actor, now: datetime
) -> list[JointOpening]:
    if place.starts_at is not None:
        return [first_opening.at(sought, place.starts_at, by=by, now=now)]
    after = place.after or now
    known = [facts.about(each, now=now) for each in sought.patients]
    found = first_opening.find(sought, after, by=by, now=now, most=TRIES, known=known)
    if not found and known:
        # What refuses its patient everywhere is told by trying.
        found = first_opening.find(sought, after, by=by, now=now)
    if not found:
        raise NoneFreeError(
            need="together", passed=(), days=first_opening.LOOK_AHEAD_DAYS
        )
    return found


def _book(
    told: ProcedureView,
    place: ProcedurePlace,
    found: Sequence[JointOpening],
    fresh: UUID,
    *,
    by: Actor,
    now: datetime,
) -> Assigned:
    """Book the first of these that no rule of a patient refuses."""
    refused: RuleError | None = None
    for opening in found:
        try:
            with savepoint():
                return _take(told, place, opening, fresh, by=by, now=now)
        except RuleError as exc:
            refused = refused or exc
            db.session.expire_all()
    assert refused is not None
    raise refused


def _take(
    told: ProcedureView,
    place: ProcedurePlace,
    opening: JointOpening,
    fresh: UUID,
    *,
    by: Actor,
    now: datetime,
) -> Assigned:
    order = told.order
    timed = NewTimed(
        facility_id=order.facility_id,
        patient_id=next(iter(order.patient_ids), None),
        also_patients=order.patient_ids[1:],
        type_id=order.type_id,
        starts_at=opening.span.start,
        ends_at=opening.span.end,
        resources=tuple(
            Want(
                part.resource.public_id,
                None if part.during == opening.span else part.during,
                How.MANUAL if part.why == "named" else How.AUTO,
            )
            for part in opening.parts
        ),
        note=place.note or order.note,
        channel="procedure",
        link=Link("procedure", told.id),
    )
    draft = drafting.timed(timed, fresh, by=by, now=now)
    draft.choices = tuple(
        Choice(part.need, part.resource, part.why, part.passed)
        for part in opening.parts
        if part.why != "named"
    )
    choices = draft.choices
    booked = taking.book(draft, by=by, now=now, request=place.request)
    return Assigned(booked, tuple(choices))


def _open(
    procedure: UUID, revision: int | None, *, by: Actor
) -> tuple[Procedure, FacilityView, ProcedureView]:
    """Give a procedure that may be changed, with its row locked."""
    _, facility = planning.seen(procedure, by)
    row = db.session.scalars(
        select(Procedure)
        .where(Procedure.public_id == procedure)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    told, _ = planning.seen(procedure, by)
    planning.require(told.order, facility, by)
    if told.state != ProcedureIs.PLANNED:
        raise StatusError(status=told.state, wanted="changed")
    if revision is not None and row.revision != revision:
        raise ChangedError(seen=revision, now=row.revision)
    return row, facility, told


def _write(row: Procedure, plan: planning.Plan) -> None:
    if plan.patients:
        db.session.execute(
            insert(ProcedurePatient),
            [{"procedure_id": row.id, "patient_id": each} for each in plan.patients],
        )
    db.session.execute(
        insert(ProcedureNeed), [{"procedure_id": row.id, **n} for n in plan.needs]
    )


def _keys(sought: Sought) -> list[str]:
    return guard.keys_of([each.public_id for each in sought.everybody])
