"""What could meet a type's needs, and who is in a team."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.core.constant import Constant
from app.core.db import db, table
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


def able(facility: UUID, kind: UUID) -> list[UUID]:
    """Give the public ids of what could meet the needs of a type in a facility."""
    return _ABLE.send({"facility": facility, "kind": kind}).scalars()


def able_at(facility_id: int, type_id: int) -> list[UUID]:
    """Give the same by row numbers."""
    named = {"facility": facility_id, "kind": type_id}
    return list(db.session.scalars(_ABLE_AT, named))


_RESOURCE, _POST = table(Resource).c, table(Post).c
_FACILITY, _TYPE = table(Facility).c, table(AppointmentType).c


def _roomy() -> ColumnElement[bool]:
    """Any consulting room, unless the type says what the room must be able to do."""
    named = _TYPE.room_capability
    plain = or_(
        func.cardinality(_RESOURCE.capabilities) == 0,
        literal(CONSULTING) == any_(_RESOURCE.capabilities),
    )
    return or_(
        and_(named == "", _RESOURCE.kind == ResourceKind.ROOM, plain),
        and_(
            or_(
                _RESOURCE.kind == ResourceKind.ROOM,
                _RESOURCE.kind == ResourceKind.LOCATION,
            ),
            named == any_(_RESOURCE.capabilities),
        ),
    )


_COULD = (
    select(_RESOURCE.public_id)
    .select_from(table(Resource))
    .join(table(Post), _POST.resource_id == _RESOURCE.id)
    .join(table(Facility), _FACILITY.id == _POST.facility_id)
    .join(table(AppointmentType), true())
    .where(
        or_(
            and_(_TYPE.requires_chair, _RESOURCE.kind == ResourceKind.CHAIR),
            and_(_TYPE.requires_room, _roomy()),
            and_(
                _RESOURCE.kind == ResourceKind.EQUIPMENT,
                _RESOURCE.capabilities.overlap(_TYPE.equipment),
            ),
        )
    )
)
_ABLE = Constant(
    _COULD.where(
        _FACILITY.public_id == bindparam("facility"),
        _TYPE.public_id == bindparam("kind"),
    )
)
_ABLE_AT = _COULD.where(
    _FACILITY.id == bindparam("facility"), _TYPE.id == bindparam("kind")
)


_TEAM = aliased(Resource)
_TEAMS = (
    select(_TEAM.public_id, TeamMember, Resource.public_id)
    .select_from(_TEAM)
    .outerjoin(TeamMember, TeamMember.team_id == _TEAM.id)
    .outerjoin(Resource, Resource.id == TeamMember.resource_id)
    .where(
        _TEAM.public_id.in_(bindparam("ids", expanding=True)),
        _TEAM.kind == ResourceKind.TEAM,
        _TEAM.active,
    )
    .order_by(TeamMember.position)
)


def teams(ids: Iterable[UUID]) -> dict[UUID, list[MemberView]]:
    """Give the members of those among these that are teams in use, in order."""
    found = db.session.execute(_TEAMS, {"ids": list(set(ids))})
    members: dict[UUID, list[MemberView]] = {}
    for team_id, row, resource_id in found:
        mine = members.setdefault(team_id, [])
        if row is not None:
            mine.append(rows.member(row, resource_id))
    return members
