"""Acts on places that are there: what they are called, and what is in use."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core import events as house
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import NotFoundError
from app.core.holding import hold_all
from app.core.text import clean
from app.directory import internal, rows, saving
from app.directory.events import DepartmentClosing, ZoneChanging
from app.directory.models import Department, Facility
from app.directory.saving import CodeTakenError, InUseError
from app.directory.views import DepartmentView, FacilityView


def change_facility(
    facility: FacilityView,
    *,
    by: Actor,
    now: datetime,
    name: str,
    address: str,
    phone: str,
    slug: str | None = None,
    zone: str | None = None,
) -> FacilityView:
    """
    Change what a facility is called, where and how it is reached, and its clock.

    Hours are local: with another zone they are at other moments, so it changes only
    while nobody is booked there.

    :raises CodeTakenError: if the short name is in use
    :raises InUseError: if the zone is another, and somebody is booked there
    :raises InputError: if a field cannot be right
    """
    fields = {
        "slug": facility.slug if slug is None else slug,
        "zone": facility.zone.key if zone is None else zone,
        "name": clean(name, field="name", least=1, most=120),
        "address": clean(address, field="address", most=300),
        "phone": clean(phone, field="phone", most=20),
    }
    saving.check_code(fields["slug"], field="slug")
    saving.check_zone(fields["zone"])
    taken = CodeTakenError(field="slug", taken=fields["slug"])
    with transaction() as session, constraints({"uq_facilities_slug": taken}):
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        if fields["zone"] != facility.zone.key:
            _stop_the_clock(facility, now)
        row = session.get_one(Facility, facility.id, with_for_update=True)
        saving.change_facility(row, fields, by=by, now=now)
        return rows.facility(row)


def _stop_the_clock(facility: FacilityView, now: datetime) -> None:
    """
    Ask whether a facility's clock may change.

    :raises InUseError: if somebody is booked there
    """
    # Whoever books now comes before this, or finds the new clock.
    here = internal.resources(facility.id)
    hold_all(f"resource:{each.public_id}" for each in here)
    house.emit(ZoneChanging(facility.id, now))


def change_department(
    facility: FacilityView,
    department: UUID,
    *,
    by: Actor,
    now: datetime,
    name: str | None = None,
    active: bool | None = None,
) -> DepartmentView:
    """
    Change what a department is called, or whether it is in use.

    Out of use it is not offered for anything new; what was done in it stays.

    :raises CodeTakenError: if the facility has another department of that name
    :raises InUseError: if something that is booked, or somebody who waits, is in it
    :raises NotFoundError: if the facility has no such department
    """
    called = None if name is None else clean(name, field="name", least=1, most=80)
    taken = CodeTakenError(field="name", taken=called)
    meaning = {"uq_departments_facility_name": taken}
    with transaction() as session, constraints(meaning):
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        row = _department(facility, department)
        before = {"name": row.name, "active": row.active}
        if active is False and row.active:
            _must_be_empty(row)
        row.name = called or row.name
        row.active = row.active if active is None else active
        session.flush()
        audit.record(
            "department.changed",
            audit.Subject("department", row.public_id, facility.id),
            by=by,
            now=now,
            before=before,
            after={"name": row.name, "active": row.active},
        )
        return rows.department(row)


def _must_be_empty(row: Department) -> None:
    """
    Ask what is in a department before it goes out of use.

    :raises InUseError: naming some of it
    """
    names = [
        each.name
        for each in internal.resources(row.facility_id)
        if each.active and each.department_id == row.id
    ]
    if names:
        raise InUseError(field="active", of="resources", names=names)
    house.emit(DepartmentClosing(row.id))


def _department(facility: FacilityView, department: UUID) -> Department:
    found = select(Department).where(
        Department.public_id == department, Department.facility_id == facility.id
    )
    row = db.session.scalar(found.with_for_update())
    if row is None:
        raise NotFoundError("department", field="department_id")
    return row
