"""Roles: those that ship and the hospital's own; who has which, and for what."""

from typing import Any
from uuid import UUID

from app.accounts import queries, service
from app.accounts.roles import NewRole
from app.accounts.views import ALL, Reach, RoleView
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.people import (
    ChangedRoleSchema,
    ChangeSchema,
    Giving,
    GivingSchema,
    NewRoleSchema,
    RoleSchema,
    RolesGivenSchema,
    RolesSchema,
)
from app.core import clock
from app.core.errors import InputError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current

bp = Part("roles", "Roles, and who has which of them")


@bp.get("/roles")
@bp.response(200, RolesSchema)
def index() -> dict[str, list[RoleView]]:
    """List the roles and what each brings."""
    return {"roles": queries.roles(by=current.actor())}


@bp.post("/roles")
@bp.arguments(NewRoleSchema)
@bp.response(201, RoleSchema)
def add(order: NewRole) -> RoleView:
    """Add a role of the hospital's own."""
    return service.add_role(order, by=current.actor(), now=clock.now())


@bp.put("/roles/<code>")
@bp.arguments(ChangedRoleSchema)
@bp.response(200, RoleSchema)
def change(asked: dict[str, Any], code: str) -> RoleView:
    """Change a role of the hospital's own, for all who have it."""
    order = NewRole(code, asked["name"], asked["permissions"])
    return service.change_role(order, by=current.actor(), now=clock.now())


@bp.post("/roles/<code>/drop")
@bp.response(204)
def drop(code: str) -> None:
    """Delete a role of the hospital's own that nobody has."""
    service.drop_role(code, by=current.actor(), now=clock.now())


@bp.get("/users/<username>/roles")
@bp.response(200, RolesGivenSchema)
def held(username: str) -> dict[str, Any]:
    """List the roles of a user."""
    found = queries.roles_of(username, by=current.actor())
    ids = directory.outside_ids(
        facilities=[each.facility_id for each in found],
        departments=[each.department_id for each in found],
        resources=[each.resource_id for each in found],
    )
    return {
        "assignments": [
            {
                "username": each.username,
                "name": each.name,
                "role": each.role,
                "facility_id": ids.facilities.get(each.facility_id or 0),
                "department_id": ids.departments.get(each.department_id or 0),
                "resource_id": ids.resources.get(each.resource_id or 0),
            }
            for each in found
        ]
    }


@bp.post("/users/<username>/roles")
@bp.arguments(GivingSchema)
@bp.response(200, ChangeSchema)
def give(asked: Giving, username: str) -> dict[str, bool]:
    """Give a user a role: everywhere, in a facility, or for a part of it."""
    by, now = current.actor(), clock.now()
    reach = _reach(asked)
    return {"changed": service.give_role(username, asked.role, reach, by=by, now=now)}


@bp.post("/users/<username>/roles/take")
@bp.arguments(GivingSchema)
@bp.response(200, ChangeSchema)
def take(asked: Giving, username: str) -> dict[str, bool]:
    """Take a role from a user, as far as it was given."""
    by, now = current.actor(), clock.now()
    reach = _reach(asked)
    return {"changed": service.take_role(username, asked.role, reach, by=by, now=now)}


def _reach(asked: Giving) -> Reach:
    """
    Find what a role is for, all of it within one facility.

    :raises NotFoundError: if it is not there, or not for this caller's eyes
    """
    if asked.facility_id is None:
        return _everywhere(asked)
    facility = facility_of(asked.facility_id)
    return Reach(
        facility.id,
        _department(asked.department_id, facility) if asked.department_id else None,
        _resource(asked.resource_id, facility) if asked.resource_id else None,
    )


def _everywhere(asked: Giving) -> Reach:
    if asked.department_id or asked.resource_id:
        raise InputError(field="facility_id", reason="required")
    return ALL


def _department(public_id: UUID, facility: FacilityView) -> int:
    for each in directory.departments(facility, by=current.actor()):
        if each.public_id == public_id and each.active:
            return each.id
    raise NotFoundError("department", field="department_id")


def _resource(public_id: UUID, facility: FacilityView) -> int:
    return directory.resource(facility, public_id, by=current.actor()).id
