"""Teams, and what appointment types need: set up by who manages the directory."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.directory import (
    DurationSchema,
    DurationsSchema,
    MembersSchema,
    NewTeamSchema,
    NewTypeSchema,
    TeamSchema,
    TypeChangeSchema,
    TypeSchema,
)
from app.core import clock
from app.directory import queries, service
from app.directory.service import NewTeam, NewType, TypeChange
from app.directory.views import TypeView
from app.doors import current

bp = Part("teams", "Teams, and what appointment types take and need")


@bp.post("/facilities/<uuid:facility_id>/teams")
@bp.arguments(NewTeamSchema)
@bp.response(201, TeamSchema)
def add_team(order: NewTeam, facility_id: UUID) -> tuple[dict[str, Any], int]:
    """Add a team of resources that serve in a facility."""
    by, facility = current.actor(), facility_of(facility_id)
    made = service.add_team(facility, order, by=by, now=clock.now())
    return _team(facility_id, made.public_id), HTTPStatus.CREATED


@bp.get("/facilities/<uuid:facility_id>/teams/<uuid:team_id>")
@bp.response(200, TeamSchema)
def team(facility_id: UUID, team_id: UUID) -> dict[str, Any]:
    """Read who is in a team."""
    return _team(facility_id, team_id)


@bp.put("/facilities/<uuid:facility_id>/teams/<uuid:team_id>")
@bp.arguments(MembersSchema)
@bp.response(200, TeamSchema)
def set_members(
    asked: dict[str, Any], facility_id: UUID, team_id: UUID
) -> dict[str, Any]:
    """Say who is in a team from now on; what is booked already stays."""
    service.set_members(
        facility_of(facility_id),
        team_id,
        asked["members"],
        by=current.actor(),
        now=clock.now(),
    )
    return _team(facility_id, team_id)


@bp.post("/types")
@bp.arguments(NewTypeSchema)
@bp.response(201, TypeSchema)
def add_type(order: NewType) -> tuple[TypeView, int]:
    """Add a reason to come."""
    made = service.add_type(order, by=current.actor(), now=clock.now())
    return made, HTTPStatus.CREATED


@bp.put("/types/<uuid:type_id>")
@bp.arguments(TypeChangeSchema)
@bp.response(200, TypeSchema)
def change_type(order: TypeChange, type_id: UUID) -> TypeView:
    """Change a reason to come, all of it; what is booked already stays."""
    return service.change_type(type_id, order, by=current.actor(), now=clock.now())


@bp.get("/types/<uuid:type_id>/durations")
@bp.response(200, DurationsSchema)
def durations(type_id: UUID) -> dict[str, Any]:
    """Read with whom a type takes a time of its own."""
    return _durations(type_id)


@bp.put("/types/<uuid:type_id>/durations/<uuid:resource_id>")
@bp.arguments(DurationSchema)
@bp.response(200, DurationsSchema)
def set_duration(
    asked: dict[str, Any], type_id: UUID, resource_id: UUID
) -> dict[str, Any]:
    """Set how many minutes a type takes with one resource."""
    by, now = current.actor(), clock.now()
    service.set_duration(type_id, resource_id, asked["minutes"], by=by, now=now)
    return _durations(type_id)


def _team(facility_id: UUID, team_id: UUID) -> dict[str, Any]:
    by = current.actor()
    found, members = queries.team(facility_of(facility_id), team_id, by=by)
    return {"team": found, "members": members}


def _durations(type_id: UUID) -> dict[str, Any]:
    found = queries.durations(type_id, by=current.actor())
    told = [{"resource_id": each, "minutes": n} for each, n in found.items()]
    return {"durations": told}
