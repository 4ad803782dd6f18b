"""What doors read of the directory."""

from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core.actor import Actor
from app.core.errors import ForbiddenError, NotFoundError
from app.directory import internal
from app.directory import types as types_
from app.directory.kinds import ResourceKind
from app.directory.views import (
    DepartmentView,
    FacilityView,
    MemberView,
    ResourceView,
    TypeView,
)


def facilities(*, by: Actor) -> list[FacilityView]:
    """Give the facilities whose calendar this actor may see."""
    seen = accounts.facilities_where(by, Permission.VIEW_CALENDAR)
    return list(internal.facilities(seen).values())


def facility(slug: str, *, by: Actor) -> FacilityView:
    """
    Give one facility by its short name.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    return _seen(internal.facility_by_slug(slug), "facility", by)


def facility_by_id(public_id: UUID, *, by: Actor) -> FacilityView:
    """
    Give one facility by its public id.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    return _seen(internal.facility(public_id), "facility_id", by)


def departments(facility: FacilityView, *, by: Actor) -> list[DepartmentView]:
    """Give the departments of a facility."""
    accounts.require(by, Permission.VIEW_CALENDAR, Scope(facility.id))
    return internal.departments(facility.id)


def resources(facility: FacilityView, *, by: Actor) -> list[ResourceView]:
    """Give what can be scheduled in a facility."""
    accounts.require(by, Permission.VIEW_CALENDAR, Scope(facility.id))
    return internal.resources(facility.id)


def resource(facility: FacilityView, public_id: UUID, *, by: Actor) -> ResourceView:
    """
    Give one resource as it serves in a facility.

    :raises NotFoundError: if it does not exist, or does not serve there
    """
    accounts.require(by, Permission.VIEW_CALENDAR, Scope(facility.id))
    return internal.resource(public_id, facility.id)


def house(
    facility_id: UUID, resource_id: UUID | None, *, by: Actor
) -> tuple[FacilityView, list[ResourceView]]:
    """
    Give a facility and what serves in it: all of it, or the one that is named.

    :raises NotFoundError: if there is no such place, or not for this actor's eyes
    """
    if resource_id is None:
        facility, found = internal.house(facility_id)
    else:
        facility, one = internal.serving(facility_id, resource_id)
        found = [one]
    return _seen(facility, "facility_id", by), found


def types(*, by: Actor) -> list[TypeView]:
    """
    Give the appointment types in use.

    :raises ForbiddenError: if the actor may see no facility's calendar
    """
    if not facilities(by=by):
        raise ForbiddenError(permission=Permission.VIEW_CALENDAR.value, who=by.name)
    return [each for each in internal.types().values() if each.active]


def team(
    facility: FacilityView, public_id: UUID, *, by: Actor
) -> tuple[ResourceView, list[MemberView]]:
    """
    Give a team and who is in it, in order.

    :raises NotFoundError: if there is no such team in the facility
    """
    accounts.require(by, Permission.VIEW_CALENDAR, Scope(facility.id))
    found = internal.resource(public_id, facility.id, field="team_id")
    if found.kind is not ResourceKind.TEAM:
        raise NotFoundError("team", field="team_id")
    return found, internal.teams([public_id]).get(public_id, [])


def durations(kind: UUID, *, by: Actor) -> dict[UUID, int]:
    """
    Give the minutes a type takes with those resources with which they differ.

    :raises ForbiddenError: if the actor may see no facility's calendar
    :raises NotFoundError: if there is no such type
    """
    here = [each.id for each in facilities(by=by)]
    if not here:
        raise ForbiddenError(permission=Permission.VIEW_CALENDAR.value, who=by.name)
    return types_.durations(internal.appointment_type(kind), here)


def _seen(found: FacilityView, field: str, by: Actor) -> FacilityView:
    seen = accounts.facilities_where(by, Permission.VIEW_CALENDAR)
    if seen is not None and found.id not in seen:
        raise NotFoundError("facility", field=field)
    return found
