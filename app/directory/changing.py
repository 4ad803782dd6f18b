"""Acts on places that are there: what a facility and its departments are called."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, transaction
from app.core.errors import NotFoundError
from app.core.text import clean
from app.directory import rows
from app.directory.models import Department, Facility
from app.directory.saving import CodeTakenError
from app.directory.views import DepartmentView, FacilityView


def change_facility(
    facility: FacilityView,
    *,
    by: Actor,
    now: datetime,
    name: str,
    address: str,
    phone: str,
) -> FacilityView:
    """
    Change what a facility is called, and where and how it is reached.

    Its short name and time zone stay: addresses and bookings stand on them.

    :raises InputError: if a field cannot be right
    """
    fields = {
        "name": clean(name, field="name", least=1, most=120),
        "address": clean(address, field="address", most=300),
        "phone": clean(phone, field="phone", most=20),
    }
    with transaction() as session:
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        row = session.get_one(Facility, facility.id, with_for_update=True)
        before: dict[str, Any] = {each: getattr(row, each) for each in fields}
        for each, value in fields.items():
            setattr(row, each, value)
        session.flush()
        audit.record(
            "facility.changed",
            audit.Subject("facility", row.public_id, row.id),
            by=by,
            now=now,
            before=before,
            after=fields,
        )
        return rows.facility(row)


def rename_department(
    facility: FacilityView, department: UUID, name: str, *, by: Actor, now: datetime
) -> DepartmentView:
    """
    Change what a department is called.

    :raises CodeTakenError: if the facility has another department of that name
    :raises NotFoundError: if the facility has no such department
    """
    called = clean(name, field="name", least=1, most=80)
    taken = CodeTakenError(field="name", taken=called)
    meaning = {"uq_departments_facility_name": taken}
    with transaction() as session, constraints(meaning):
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        found = select(Department).where(
            Department.public_id == department, Department.facility_id == facility.id
        )
        row = session.scalar(found.with_for_update())
        if row is None:
            raise NotFoundError("department", field="department_id")
        before, row.name = row.name, called
        session.flush()
        audit.record(
            "department.renamed",
            audit.Subject("department", row.public_id, facility.id),
            by=by,
            now=now,
            before={"name": before},
            after={"name": called},
        )
        return rows.department(row)
