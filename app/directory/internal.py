"""What higher rooms call: facilities, resources and types by id or by code."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from app.accounts.views import Sight, Thing
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError
from app.directory import finding, prefixes, rows, saving
from app.directory import guide as guides
from app.directory.guide import Guide
from app.directory.models import (
    AppointmentType,
    Department,
    Facility,
    Post,
    Practitioner,
    Resource,
    TypeDuration,
)
from app.directory.views import (
    Bookable,
    DepartmentView,
    FacilityView,
    MemberView,
    ResourceView,
    TypeView,
)

name_of = guides.name_of
booked, booked_beside = guides.booked, guides.booked_beside
placed, place_beside = guides.placed, guides.place_beside
everybody, everybody_beside = guides.everybody, guides.everybody_beside
department_beside, sharing = guides.department_beside, guides.sharing


def facility(public_id: UUID, *, field: str = "facility_id") -> FacilityView:
    """
    Give one facility.

    :raises NotFoundError: if there is no such facility
    """
    row = guides.HERE.send({"facility": public_id}).one_or_none()
    if row is None:
        raise NotFoundError("facility", field=field)
    return guides.facility(*row[0])


def facility_by_slug(slug: str, *, field: str = "facility") -> FacilityView:
    """
    Give one facility by the short name in its addresses.

    :raises NotFoundError: if there is no such facility
    """
    # PostgreSQL takes no NUL, not even to say that nothing is called so.
    return _facility(Facility.slug == slug.replace("\0", "?"), field)


def facilities(ids: Iterable[int] | None = None) -> dict[int, FacilityView]:
    """Give facilities by row number: those asked for, or all."""
    found = select(Facility).order_by(Facility.name)
    if ids is not None:
        found = found.where(Facility.id.in_(set(ids)))
    return {row.id: rows.facility(row) for row in db.session.scalars(found)}


def facilities_in(sight: Sight) -> list[FacilityView]:
    """Give the facilities that are in sight, wholly or in some resource."""
    found = select(Facility).order_by(Facility.name)
    if not sight.everywhere:
        posts = select(Post.facility_id).where(
            or_(
                Post.resource_id.in_(sight.resources),
                Post.department_id.in_(sight.departments),
            )
        )
        # A department may have nobody yet: its facility is seen all the same.
        parts = select(Department.facility_id).where(
            Department.id.in_(sight.departments)
        )
        found = found.where(
            or_(
                Facility.id.in_(sight.facilities),
                Facility.id.in_(posts),
                Facility.id.in_(parts),
            )
        )
    return [rows.facility(row) for row in db.session.scalars(found)]


def departments(facility_id: int) -> list[DepartmentView]:
    """Give the departments of a facility by the alphabet."""
    found = (
        select(Department)
        .where(Department.facility_id == facility_id)
        .order_by(Department.name)
    )
    return [rows.department(row) for row in db.session.scalars(found)]


def resource(
    public_id: UUID, facility_id: int, *, field: str = "resource_id"
) -> ResourceView:
    """
    Give one resource as it serves in a facility.

    :raises NotFoundError: if it does not exist, or does not serve there
    """
    return _resource(Resource.public_id == public_id, facility_id, field)


def resource_by_code(
    code: str, facility_id: int, *, field: str = "resource"
) -> ResourceView:
    """
    Give one resource by its code, as it serves in a facility.

    :raises NotFoundError: if it does not exist, or does not serve there
    """
    return _resource(Resource.code == code, facility_id, field)


def resources(facility_id: int) -> list[ResourceView]:
    """Give every resource that serves in a facility, by kind and name."""
    found = _serving().where(Post.facility_id == facility_id)
    found = found.order_by(Resource.kind, Resource.name, Resource.id)
    return [rows.resource(*row) for row in db.session.execute(found)]


def posts_of(ids: Iterable[int]) -> list[ResourceView]:
    """Give resources by row number, once for each facility they serve in."""
    found = _serving().where(Resource.id.in_(set(ids)))
    return [rows.resource(*row) for row in db.session.execute(found)]


def thing(resource_id: int, facility_id: int) -> Thing:
    """Name a resource as permissions are asked about it where it serves."""
    return next(
        post.thing
        for post in posts_of([resource_id])
        if post.facility_id == facility_id
    )


def posts_of_code(code: str) -> list[ResourceView]:
    """Give the resource of a code, once for each facility it serves in."""
    found = _serving().where(Resource.code == code).order_by(Post.id)
    return [rows.resource(*row) for row in db.session.execute(found)]


def appointment_type(public_id: UUID, *, field: str = "type_id") -> TypeView:
    """
    Give one appointment type.

    :raises NotFoundError: if there is no such type
    """
    return _type(AppointmentType.public_id == public_id, field)


def type_by_code(code: str, *, field: str = "type") -> TypeView:
    """
    Give one appointment type by its code.

    :raises NotFoundError: if there is no such type
    """
    return _type(AppointmentType.code == code, field)


def bookable(facility: UUID, resource: UUID, kind: UUID) -> Bookable:
    """
    Give what a booking names, in one statement.

    :raises NotFoundError: naming the first of them that is not there
    """
    named = {"facility": facility, "resource": resource, "kind": kind}
    row = guides.BOOKABLE.send(named).one_or_none()
    if row is None:
        # Slowly, to say which of them is missing.
        there = _facility(Facility.public_id == facility, "facility_id")
        _resource(Resource.public_id == resource, there.id, "resource_id")
        _type(AppointmentType.public_id == kind, "type_id")
        raise NotFoundError("resource", field="resource_id")
    return guides.booked(row)


def house(facility: UUID) -> tuple[FacilityView, list[ResourceView]]:
    """
    Give a facility and all that serves in it, by kind and name, in one statement.

    :raises NotFoundError: if there is no such facility
    """
    found = db.session.execute(_HOUSE, {"facility": facility}).all()
    if not found:
        raise NotFoundError("facility", field="facility_id")
    there = rows.facility(found[0][0])
    return there, [rows.resource(*row[1:]) for row in found if row[1] is not None]


def those(
    facility_id: int, ids: Iterable[int]
) -> tuple[FacilityView, dict[int, ResourceView]]:
    """Give a facility and some that serve in it, by row number, in one statement."""
    return guides.those(facility_id, ids)


def serving(facility: UUID, resource: UUID) -> tuple[FacilityView, ResourceView]:
    """
    Give a resource and the facility it serves in, in one statement.

    :raises NotFoundError: naming the first of them that is not there
    """
    named = {"facility": facility, "resource": resource}
    row = guides.THERE.send(named).one_or_none()
    if row is None:
        _facility(Facility.public_id == facility, "facility_id")
        raise NotFoundError("resource", field="resource_id")
    where, what = row
    return guides.facility(*where), guides.resource(*what)


def serving_at(facility_id: int, resource_id: int) -> tuple[FacilityView, ResourceView]:
    """Give a resource and the facility it serves in by row number, in one statement."""
    named = {"facility": facility_id, "resource": resource_id}
    where, what = guides.THERE_AT.send(named).one()
    return guides.facility(*where), guides.resource(*what)


def able(facility: UUID, kind: UUID) -> list[UUID]:
    """
    Give the public ids of what could meet a type's needs in a facility.

    One statement, and nothing for a type without needs: a booking asks it before it
    locks.
    """
    return finding.able(facility, kind)


def able_at(facility_id: int, type_id: int) -> list[UUID]:
    """Give the same by row numbers."""
    return finding.able_at(facility_id, type_id)


def guide(facility_id: int, *, resources: Iterable[int], types: Iterable[int]) -> Guide:
    """Give what a list of a facility names, in one statement."""
    return guides.read(facility_id, resources=resources, types=types)


def public_id_of(number: ColumnElement[int]) -> ColumnElement[Any]:
    """Select a resource's public id by a row number that another room's SQL reads."""
    return guides.public_id_of(number)


def teams(ids: Iterable[UUID]) -> dict[UUID, list[MemberView]]:
    """Give the members of those among these that are teams in use, in order."""
    return finding.teams(ids)


def minutes_with(kind: TypeView, resource_id: int) -> int:
    """Tell how long a type takes with a resource."""
    own = db.session.scalar(
        select(TypeDuration.minutes).where(
            TypeDuration.type_id == kind.id, TypeDuration.resource_id == resource_id
        )
    )
    return own or kind.minutes


def types() -> dict[int, TypeView]:
    """Give all appointment types by row number, in the order of their names."""
    found = select(AppointmentType).order_by(AppointmentType.name)
    return {row.id: rows.appointment_type(row) for row in db.session.scalars(found)}


def _facility(condition: ColumnElement[bool], field: str) -> FacilityView:
    row = db.session.scalar(select(Facility).where(condition))
    if row is None:
        raise NotFoundError("facility", field=field)
    return rows.facility(row)


def _resource(
    condition: ColumnElement[bool], facility_id: int, field: str
) -> ResourceView:
    found = _serving().where(condition, Post.facility_id == facility_id)
    row = db.session.execute(found).one_or_none()
    if row is None:
        raise NotFoundError("resource", field=field)
    return rows.resource(*row)


def _serving() -> Select[Resource, Post, str, int | None]:
    return (
        select(Resource, Post, Department.name, Practitioner.user_id)
        .join(Post, Post.resource_id == Resource.id)
        .outerjoin(Department, Department.id == Post.department_id)
        .outerjoin(Practitioner, Practitioner.id == Resource.practitioner_id)
    )


_HOUSE = (
    select(Facility, Resource, Post, Department.name, Practitioner.user_id)
    .outerjoin(Post, Post.facility_id == Facility.id)
    .outerjoin(Resource, Resource.id == Post.resource_id)
    .outerjoin(Department, Department.id == Post.department_id)
    .outerjoin(Practitioner, Practitioner.id == Resource.practitioner_id)
    .where(Facility.public_id == bindparam("facility"))
    .order_by(Resource.kind, Resource.name, Resource.id)
)


def _type(condition: ColumnElement[bool], field: str) -> TypeView:
    row = db.session.scalar(select(AppointmentType).where(condition))
    if row is None:
        raise NotFoundError("type", field=field)
    return rows.appointment_type(row)


def resource_number(public_id: UUID, *, field: str = "resource_id") -> int:
    """
    Tell the row number of a resource, wherever it serves.

    :raises NotFoundError: if there is no such resource
    """
    number = db.session.scalar(
        select(Resource.id).where(Resource.public_id == public_id)
    )
    if number is None:
        raise NotFoundError("resource", field=field)
    return number


def ensure_prefix(resource: ResourceView, *, by: Actor, now: datetime) -> None:
    """
    Give a resource a token letter in its facility, if it has none yet.

    Call it when tokens are first offered.

    :raises PrefixesGoneError: if the facility has used up every letter and pair
    """
    prefixes.ensure(resource, by=by, now=now)


def department_number(
    public_id: UUID, facility_id: int | None = None, *, field: str = "department_id"
) -> int:
    """
    Tell the row number of a department; `facility_id` is where it has to be.

    :raises NotFoundError: if there is no such department
    """
    found = select(Department.id).where(Department.public_id == public_id)
    if facility_id is not None:
        found = found.where(Department.facility_id == facility_id)
    number = db.session.scalar(found)
    if number is None:
        raise NotFoundError("department", field=field)
    return number


def open_department(
    public_id: UUID, facility_id: int | None = None, *, field: str = "department_id"
) -> int:
    """
    Tell the row number of a department that is in use, and keep it so until the end.

    :raises InputError: if it is out of use
    :raises NotFoundError: if there is no such department
    """
    number = department_number(public_id, facility_id, field=field)
    saving.must_be_open(number, field=field)
    return number


def ids_of(
    kind: type[Facility] | type[Department] | type[Resource],
    numbers: Iterable[int | None],
) -> dict[int, UUID]:
    """Give public ids by row number."""
    wanted = {number for number in numbers if number is not None}
    if not wanted:
        return {}
    found = select(kind.id, kind.public_id).where(kind.id.in_(wanted))
    return {row.id: row.public_id for row in db.session.execute(found)}


def public_ids(numbers: Iterable[int]) -> list[UUID]:
    """Give the public ids of resources by their row numbers."""
    return list(
        db.session.scalars(
            select(Resource.public_id).where(Resource.id.in_(set(numbers)))
        )
    )
