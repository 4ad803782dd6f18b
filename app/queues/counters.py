"""Counters: the desks and doors people are called to."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import NotFoundError
from app.core.text import clean
from app.directory import internal as directory
from app.directory.views import FacilityView
from app.queues.errors import CodeTakenError
from app.queues.models import Counter
from app.queues.views import CounterView, NewCounter


def add_counter(wanted: NewCounter, *, by: Actor, now: datetime) -> CounterView:
    """
    Add a counter to a facility.

    :raises CodeTakenError: if another one of the facility has its code
    :raises InputError: if code or name cannot be right
    :raises NotFoundError: if it names something that is not there
    """
    code = clean(wanted.code, field="code", least=1, most=20)
    name = clean(wanted.name, field="name", least=1, most=80)
    taken = CodeTakenError(field="code", taken=code)
    with (
        transaction() as session,
        constraints({"uq_counters_facility_id_code": taken}),
    ):
        facility = directory.facility(wanted.facility_id)
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        department = None
        if wanted.department_id is not None:
            department = directory.open_department(wanted.department_id, facility.id)
        row = Counter(
            public_id=uuid4(),
            facility_id=facility.id,
            department_id=department,
            code=code,
            name=name,
            active=True,
        )
        session.add(row)
        session.flush()
        audit.record(
            "counter.added",
            audit.Subject("counter", row.public_id, facility.id),
            by=by,
            now=now,
            after={"code": code, "name": name},
        )
        return _view(row, {row.department_id: wanted.department_id})


def change_counter(
    counter_id: UUID,
    *,
    by: Actor,
    now: datetime,
    name: str | None = None,
    active: bool | None = None,
) -> CounterView:
    """
    Give a counter another name, or take it out of use or back in.

    :raises NotFoundError: if there is no such counter
    """
    with transaction() as session:
        row = session.scalar(
            select(Counter).where(Counter.public_id == counter_id).with_for_update()
        )
        if row is None:
            raise NotFoundError("counter", field="counter_id")
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(row.facility_id))
        before = {"name": row.name, "active": row.active}
        if name is not None:
            row.name = clean(name, field="name", least=1, most=80)
        if active is not None:
            row.active = active
        session.flush()
        audit.record(
            "counter.changed",
            audit.Subject("counter", counter_id, row.facility_id),
            by=by,
            now=now,
            before=before,
            after={"name": row.name, "active": row.active},
        )
        return _view(row, _departments(row.facility_id))


def of_facility(facility: FacilityView) -> list[CounterView]:
    """Give the counters of a facility by their codes."""
    known = _departments(facility.id)
    rows = db.session.scalars(
        select(Counter)
        .where(Counter.facility_id == facility.id)
        .order_by(Counter.code, Counter.id)
    )
    return [_view(row, known) for row in rows]


def _departments(facility_id: int) -> dict[int | None, UUID | None]:
    return {each.id: each.public_id for each in directory.departments(facility_id)}


def _view(row: Counter, departments: dict[int | None, UUID | None]) -> CounterView:
    return CounterView(
        id=row.public_id,
        code=row.code,
        name=row.name,
        active=row.active,
        department_id=departments.get(row.department_id),
    )
