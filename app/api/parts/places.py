"""Places: who owns, manages and may book each, and whether a booking needs approval."""

from typing import Any
from uuid import UUID

from app.accounts import queries, service
from app.accounts.permissions import Role
from app.accounts.views import Reach, Scope
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.people import (
    ChangeSchema,
    KeepersSchema,
    OnPlace,
    OnPlaceSchema,
    OpeningPlaceSchema,
    PlaceSchema,
)
from app.core import clock
from app.directory import queries as directory
from app.directory import service as places
from app.directory.views import FacilityView, ResourceView
from app.doors import current

bp = Part("places", "Theatres, rooms and chairs: their owners, managers and users")

_AT = "/facilities/<uuid:facility_id>/places/<uuid:resource_id>"


@bp.get(f"{_AT}/people")
@bp.response(200, KeepersSchema)
def people(facility_id: UUID, resource_id: UUID) -> dict[str, Any]:
    """List who owns and manages a place, and who is authorised to book it."""
    facility, place = _place(facility_id, resource_id)
    scope = Scope(facility.id, frozenset({place.thing}))
    found = queries.people_of(scope, by=current.actor())
    named = {
        role: [each.username for each in found if each.role == role] for role in Role
    }
    return {
        "place": place,
        "owners": named[Role.LOCATION_OWNER],
        "managers": named[Role.LOCATION_MANAGER],
        "authorised": named[Role.LOCATION_USER],
    }


@bp.post(f"{_AT}/people")
@bp.arguments(OnPlaceSchema)
@bp.response(200, ChangeSchema)
def appoint(asked: OnPlace, facility_id: UUID, resource_id: UUID) -> dict[str, bool]:
    """Make somebody an owner or manager of a place, or authorise them to book it."""
    reach, by = _reach(facility_id, resource_id), current.actor()
    new = service.give_role(asked.username, asked.role, reach, by=by, now=clock.now())
    return {"changed": new}


@bp.post(f"{_AT}/people/remove")
@bp.arguments(OnPlaceSchema)
@bp.response(200, ChangeSchema)
def remove(asked: OnPlace, facility_id: UUID, resource_id: UUID) -> dict[str, bool]:
    """Let somebody be that to a place no longer."""
    reach, by = _reach(facility_id, resource_id), current.actor()
    gone = service.take_role(asked.username, asked.role, reach, by=by, now=clock.now())
    return {"changed": gone}


@bp.put(_AT)
@bp.arguments(OpeningPlaceSchema)
@bp.response(200, PlaceSchema)
def open_place(
    asked: dict[str, bool], facility_id: UUID, resource_id: UUID
) -> ResourceView:
    """Say whether only authorised people book a place, and whether it is approved."""
    by = current.actor()
    facility = facility_of(facility_id)
    return places.open_place(facility, resource_id, by=by, now=clock.now(), **asked)


def _place(facility_id: UUID, resource_id: UUID) -> tuple[FacilityView, ResourceView]:
    facility = facility_of(facility_id)
    return facility, directory.resource(facility, resource_id, by=current.actor())


def _reach(facility_id: UUID, resource_id: UUID) -> Reach:
    facility, place = _place(facility_id, resource_id)
    return Reach(facility.id, resource_id=place.id)
