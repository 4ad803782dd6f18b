"""What doors read of the directory: each sees what their roles are for."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope, Sight
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError
from app.directory import internal, logos, networking, registries
from app.directory import types as types_
from app.directory.kinds import NetworkTerms, ResourceKind
from app.directory.models import Department, Facility, Resource
from app.directory.registries import RegistryIds
from app.directory.views import (
    DepartmentView,
    FacilityView,
    MemberView,
    ResourceView,
    TypeView,
)


def facilities(*, by: Actor) -> list[FacilityView]:
    """Give the facilities in which this actor may see some calendar."""
    return internal.facilities_in(accounts.sight(by, Permission.VIEW_CALENDAR))


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


def logo(facility: FacilityView, *, by: Actor) -> tuple[str, bytes]:
    """
    Give the kind, as HTTP names it, and the bytes of a facility's picture.

    :raises NotFoundError: if it has none, or not for this actor's eyes
    """
    seen = _seen(facility, "facility", by)
    picture = db.session.scalar(select(Facility.logo).where(Facility.id == seen.id))
    if picture is None:
        raise NotFoundError("logo")
    return logos.kind(picture), picture


def departments(facility: FacilityView, *, by: Actor) -> list[DepartmentView]:
    """
    Give the departments of a facility: all, or those this actor sees something of.

    :raises ForbiddenError: if there is nothing for this actor to see
    """
    sight = accounts.sight(by, Permission.VIEW_CALENDAR)
    every = internal.departments(facility.id)
    if sight.whole(facility.id):
        return every
    seen = {each.department_id for each in _theirs(facility, sight, by)}
    return [each for each in every if each.id in seen]


def resources(facility: FacilityView, *, by: Actor) -> list[ResourceView]:
    """
    Give what can be scheduled in a facility, and this actor may see.

    :raises ForbiddenError: if there is nothing for this actor to see
    """
    return _theirs(facility, accounts.sight(by, Permission.VIEW_CALENDAR), by)


def resource(facility: FacilityView, public_id: UUID, *, by: Actor) -> ResourceView:
    """
    Give one resource as it serves in a facility.

    :raises NotFoundError: if it does not exist, or does not serve there
    """
    may = accounts.asking(by, Permission.VIEW_CALENDAR)
    found = internal.resource(public_id, facility.id)
    scope = Scope(facility.id, frozenset({found.thing}))
    if not may(scope):
        raise accounts.refusal(by, Permission.VIEW_CALENDAR)
    return found


class OutsideIds(Struct, frozen=True):
    """Public ids by row number."""

    facilities: Mapping[int, UUID]
    departments: Mapping[int, UUID]
    resources: Mapping[int, UUID]


def outside_ids(
    facilities: Iterable[int | None] = (),
    departments: Iterable[int | None] = (),
    resources: Iterable[int | None] = (),
) -> OutsideIds:
    """Give the ids that doors may tell of row numbers they were given; open to all."""
    return OutsideIds(
        internal.ids_of(Facility, facilities),
        internal.ids_of(Department, departments),
        internal.ids_of(Resource, resources),
    )


def registry_ids() -> RegistryIds:
    """Give the ids by which national registries know us; they are open to all."""
    return registries.known()


def network_terms(facility: FacilityView) -> NetworkTerms:
    """Give where visits of the network are paid; buyers are told, so it is open."""
    return networking.terms_of(facility)


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
    sight = accounts.sight(by, Permission.VIEW_CALENDAR)
    seen = [each for each in found if sight.has(facility.id, each.thing)]
    if not seen and not sight.whole(facility.id):
        raise NotFoundError("facility", field="facility_id")
    return facility, seen


def types(*, by: Actor) -> list[TypeView]:
    """
    Give the appointment types in use.

    :raises ForbiddenError: if the actor may see no facility's calendar
    """
    if not facilities(by=by):
        raise accounts.refusal(by, Permission.VIEW_CALENDAR)
    return [each for each in internal.types().values() if each.active]


def team(
    facility: FacilityView, public_id: UUID, *, by: Actor
) -> tuple[ResourceView, list[MemberView]]:
    """
    Give a team and who is in it, in order.

    :raises NotFoundError: if there is no such team in the facility
    """
    may = accounts.asking(by, Permission.VIEW_CALENDAR)
    found = internal.resource(public_id, facility.id, field="team_id")
    if not may(Scope(facility.id, frozenset({found.thing}))):
        raise accounts.refusal(by, Permission.VIEW_CALENDAR)
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
        raise accounts.refusal(by, Permission.VIEW_CALENDAR)
    return types_.durations(internal.appointment_type(kind), here)


def _seen(found: FacilityView, field: str, by: Actor) -> FacilityView:
    sight = accounts.sight(by, Permission.VIEW_CALENDAR)
    if sight.whole(found.id):
        return found
    if found.id not in {each.id for each in internal.facilities_in(sight)}:
        raise NotFoundError("facility", field=field)
    return found


def _theirs(facility: FacilityView, sight: Sight, by: Actor) -> list[ResourceView]:
    every = internal.resources(facility.id)
    seen = [each for each in every if sight.has(facility.id, each.thing)]
    if not seen and not sight.whole(facility.id):
        raise accounts.refusal(by, Permission.VIEW_CALENDAR)
    return seen
