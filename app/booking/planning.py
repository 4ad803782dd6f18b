"""Procedures between rows and views, and whether a plan can be right."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import places, seeking
from app.booking.kinds import ProcedureIs
from app.booking.models import (
    Appointment,
    Procedure,
    ProcedureNeed,
    ProcedurePatient,
)
from app.booking.seeking import Sought
from app.booking.states import TAKES_PLACE, Status
from app.booking.views import Member, NewProcedure, ProcedureView, Seeking
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError, NotFoundError
from app.core.text import clean
from app.directory import internal as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView
from app.patients import internal as patients

MOST_PATIENTS = 50


class Plan(Struct, frozen=True):
    """A procedure as it will be kept: columns, patients and needs, by row numbers."""

    columns: Mapping[str, Any]
    patients: Sequence[int]
    needs: Sequence[Mapping[str, Any]]


def plan(
    order: NewProcedure, facility: FacilityView, *, by: Actor, now: datetime
) -> Plan:
    """
    Turn an order into what is kept of it, after seeing that it can be right.

    :raises ForbiddenError: if the actor may not book there
    :raises InputError: if a field cannot be right
    :raises NoneFreeError: if nobody in the facility could meet one of its needs
    :raises NotFoundError: if it names what is not there
    """
    require(order, facility, by)
    if not 1 <= order.priority <= 5:
        raise InputError(field="priority", reason="between", least=1, most=5)
    if len(order.patient_ids) > MOST_PATIENTS:
        raise InputError(
            field="patient_ids", reason="length", least=0, most=MOST_PATIENTS
        )
    kind = directory.appointment_type(order.type_id)
    # Looked up as in a search: what would fail there fails here.
    sought(order, facility, by=by, after=now)
    columns = {
        "department_id": _department(order.department_id, facility, "department_id"),
        "type_id": kind.id,
        "name": clean(order.name, field="name", least=1, most=120),
        "minutes": order.minutes,
        "priority": order.priority,
        "note": clean(order.note, field="note", most=500),
    }
    who = [patients.one(each).id for each in dict.fromkeys(order.patient_ids)]
    needs = [_need(n, at, facility) for at, n in enumerate(order.needs)]
    return Plan(columns, who, needs)


def require(order: NewProcedure, facility: FacilityView, by: Actor) -> None:
    """
    Let pass who may book everything a procedure names.

    :raises ForbiddenError: if the actor may not
    """
    ids = {each.resource_id for each in order.needs}
    named = [r for r in directory.resources(facility.id) if r.public_id in ids]
    accounts.require(by, Permission.REQUEST, places.scope(facility, named))


def sought(
    order: NewProcedure, facility: FacilityView, *, by: Actor, after: datetime
) -> Sought:
    """Give who could be each of those a procedure needs, and its actor may book."""
    who = [patients.one(each) for each in order.patient_ids]
    asked = Seeking(order.needs, order.type_id, order.minutes)
    return seeking.resolve(facility, asked, by=by, after=after, patients=who)


def seen(procedure: UUID, by: Actor) -> tuple[ProcedureView, FacilityView]:
    """
    Give a procedure as it stands, to who may see its calendar, and where it is.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = one(procedure)
    facility = directory.facility(told.order.facility_id)
    here = directory.resources(facility.id)
    may = accounts.asking(by, Permission.VIEW_CALENDAR)
    if not touches(told.order, facility, here, may):
        raise NotFoundError("procedure", field="procedure_id")
    return told, facility


def touches(
    order: NewProcedure,
    facility: FacilityView,
    here: Sequence[ResourceView],
    may: Callable[[Scope], bool],
) -> bool:
    """Say whether an actor may so in the facility, or any that a procedure names."""
    ids = {each.resource_id for each in order.needs}
    named = [each for each in here if each.public_id in ids]
    return may(Scope(facility.id)) or any(
        may(places.scope(facility, [each])) for each in named
    )


def one(procedure: UUID) -> ProcedureView:
    """
    Give one procedure.

    :raises NotFoundError: if there is no such procedure
    """
    found = views(select(Procedure).where(Procedure.public_id == procedure))
    if not found:
        raise NotFoundError("procedure", field="procedure_id")
    return found[0]


def of(facility: FacilityView, state: str | None, most: int) -> list[ProcedureView]:
    """Give the procedures of a facility, the most urgent and oldest first."""
    found = (
        select(Procedure)
        .where(Procedure.facility_id == facility.id)
        .order_by(Procedure.priority, Procedure.id)
    )
    if state == ProcedureIs.CANCELLED:
        found = found.where(Procedure.status == ProcedureIs.CANCELLED)
    elif state is not None:
        live = _live(state)
        found = found.where(
            Procedure.status == ProcedureIs.PLANNED,
            live if state != ProcedureIs.PLANNED else ~live,
        )
    return views(found.limit(most))


def named(facility: FacilityView, name: str) -> list[ProcedureView]:
    """Give the procedures of a facility by that name, but for those called off."""
    return views(
        select(Procedure)
        .where(
            Procedure.facility_id == facility.id,
            Procedure.name == name,
            Procedure.status == ProcedureIs.PLANNED,
        )
        .order_by(Procedure.id)
    )


def _live(state: str) -> Any:
    statuses = set(TAKES_PLACE)
    if state == "booked":
        statuses -= {Status.COMPLETED}
    if state == "done":
        statuses = {Status.COMPLETED}
    return (
        select(Appointment.id)
        .where(
            Appointment.linked_kind == "procedure",
            Appointment.linked_id == Procedure.public_id,
            Appointment.status.in_(statuses),
        )
        .exists()
    )


def views(asked: Select[Procedure]) -> list[ProcedureView]:
    """Give procedures with all that belongs to them, in a fixed number of reads."""
    found = db.session.scalars(asked.execution_options(populate_existing=True)).all()
    if not found:
        return []
    facilities = directory.facilities({row.facility_id for row in found})
    types = directory.types()
    departments = {
        each.id: each.public_id
        for facility_id in facilities
        for each in directory.departments(facility_id)
    }
    people = _patients([row.id for row in found])
    needs = _needs([row.id for row in found], departments)
    live = _appointments([row.public_id for row in found])
    return [
        ProcedureView(
            id=row.public_id,
            order=NewProcedure(
                facility_id=facilities[row.facility_id].public_id,
                name=row.name,
                type_id=types[row.type_id].public_id,
                minutes=row.minutes,
                needs=tuple(needs[row.id]),
                patient_ids=tuple(people[row.id]),
                department_id=departments.get(row.department_id or 0),
                priority=row.priority,
                note=row.note,
            ),
            state=_state(row, live.get(row.public_id)),
            revision=row.revision,
            created_by=row.created_by_name,
            created_at=row.created_at,
            cancel_reason=row.cancel_reason,
            appointment_id=live[row.public_id][0] if row.public_id in live else None,
        )
        for row in found
    ]


def _state(row: Procedure, live: tuple[UUID, Status] | None) -> str:
    if live is None:
        return row.status.value
    return "done" if live[1] is Status.COMPLETED else "booked"


def for_trail(told: ProcedureView) -> dict[str, Any]:
    """Say what the audit trail keeps of a procedure."""
    order = told.order
    return {
        "name": order.name,
        "type": order.type_id,
        "minutes": order.minutes,
        "priority": order.priority,
        "patients": list(order.patient_ids),
        "needs": [
            {
                "resource": each.resource_id,
                "kind": each.kind,
                "capability": each.capability,
                "department": each.department_id,
                "role": each.role,
                "offset": each.offset,
                "minutes": each.minutes,
            }
            for each in order.needs
        ],
    }


def _need(member: Member, at: int, facility: FacilityView) -> dict[str, Any]:
    path = f"needs[{at}]"
    if member.resource_id is not None and (
        member.kind or member.capability or member.department_id
    ):
        raise InputError(field=path, reason="named_or_any")
    resource_id = None
    if member.resource_id is not None:
        resource_id = directory.resource(member.resource_id, facility.id).id
    return {
        "position": at,
        "role": clean(member.role, field=f"{path}.role", most=40),
        "resource_id": resource_id,
        "kind": member.kind,
        "capability": clean(member.capability, field=f"{path}.capability", most=40),
        "department_id": _department(
            member.department_id, facility, f"{path}.department_id"
        ),
        "offset_minutes": member.offset,
        "minutes": member.minutes,
    }


def _department(
    public_id: UUID | None, facility: FacilityView, field: str
) -> int | None:
    if public_id is None:
        return None
    for each in directory.departments(facility.id):
        if each.public_id == public_id and each.active:
            return each.id
    raise NotFoundError("department", field=field)


def _patients(ids: Sequence[int]) -> dict[int, list[UUID]]:
    found = db.session.execute(
        select(ProcedurePatient.procedure_id, ProcedurePatient.patient_id)
        .where(ProcedurePatient.procedure_id.in_(ids))
        .order_by(ProcedurePatient.id)
    ).all()
    people = patients.many(row.patient_id for row in found)
    told: dict[int, list[UUID]] = defaultdict(list)
    for procedure_id, patient_id in found:
        told[procedure_id].append(people[patient_id].public_id)
    return told


def _needs(
    ids: Sequence[int], departments: Mapping[int, UUID]
) -> dict[int, list[Member]]:
    found = db.session.scalars(
        select(ProcedureNeed)
        .where(ProcedureNeed.procedure_id.in_(ids))
        .order_by(ProcedureNeed.position)
    ).all()
    posts = directory.posts_of(row.resource_id for row in found if row.resource_id)
    resources = {post.id: post.public_id for post in posts}
    told: dict[int, list[Member]] = defaultdict(list)
    for row in found:
        told[row.procedure_id].append(
            Member(
                resource_id=resources.get(row.resource_id or 0),
                kind=ResourceKind(row.kind) if row.kind else None,
                capability=row.capability,
                department_id=departments.get(row.department_id or 0),
                offset=row.offset_minutes,
                minutes=row.minutes,
                role=row.role,
            )
        )
    return told


def _appointments(ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, Status]]:
    found = db.session.execute(
        select(Appointment.linked_id, Appointment.public_id, Appointment.status).where(
            Appointment.linked_kind == "procedure",
            Appointment.linked_id.in_(ids),
            Appointment.status.in_(TAKES_PLACE),
        )
    )
    return {linked: (each, status) for linked, each, status in found if linked}
