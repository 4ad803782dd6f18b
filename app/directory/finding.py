"""What could meet a type's needs, and who is in a team."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.directory import rows
from app.directory.kinds import CONSULTING, ResourceKind
from app.directory.models import (
    AppointmentType,
    Facility,
    Post,
    Resource,
    TeamMember,
)
from app.directory.views import MemberView


def able(facility: ColumnElement[bool], kind: ColumnElement[bool]) -> list[UUID]:
    """Give the public ids of what could meet the needs of a type in a facility."""
    could = or_(
        and_(AppointmentType.requires_chair, Resource.kind == ResourceKind.CHAIR),
        and_(AppointmentType.requires_room, _roomy()),
        and_(
            Resource.kind == ResourceKind.EQUIPMENT,
            Resource.capabilities.overlap(AppointmentType.equipment),
        ),
    )
    found = (
        select(Resource.public_id)
        .join(Post, Post.resource_id == Resource.id)
        .join(Facility, Facility.id == Post.facility_id)
        .join(AppointmentType, kind)
        .where(facility, could)
    )
    return list(db.session.scalars(found))


def _roomy() -> ColumnElement[bool]:
    """Any consulting room, unless the type says what the room must be able to do."""
    named = AppointmentType.room_capability
    plain = or_(
        func.cardinality(Resource.capabilities) == 0,
        literal(CONSULTING) == any_(Resource.capabilities),
    )
    return or_(
        and_(named == "", Resource.kind == ResourceKind.ROOM, plain),
        and_(
            Resource.kind.in_([ResourceKind.ROOM, ResourceKind.LOCATION]),
            named == any_(Resource.capabilities),
        ),
    )


def teams(ids: Iterable[UUID]) -> dict[UUID, list[MemberView]]:
    """Give the members of those among these that are teams in use, in order."""
    team = aliased(Resource)
    found = db.session.execute(
        select(team.public_id, TeamMember, Resource.public_id)
        .select_from(team)
        .outerjoin(TeamMember, TeamMember.team_id == team.id)
        .outerjoin(Resource, Resource.id == TeamMember.resource_id)
        .where(
            team.public_id.in_(set(ids)), team.kind == ResourceKind.TEAM, team.active
        )
        .order_by(TeamMember.position)
    )
    members: dict[UUID, list[MemberView]] = {}
    for team_id, row, resource_id in found:
        mine = members.setdefault(team_id, [])
        if row is not None:
            mine.append(rows.member(row, resource_id))
    return members
