"""Acts on teams: people and things that are booked together, each for its own part."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import delete, insert

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import InputError, NotFoundError
from app.core.holding import hold_all
from app.core.text import clean
from app.directory import internal, rows, saving
from app.directory.kinds import ResourceKind
from app.directory.models import Post, Resource, TeamMember
from app.directory.saving import CodeTakenError
from app.directory.views import FacilityView, ResourceView

MOST_MEMBERS = 20
# A part begins no earlier, and is no longer, than a day.
DAY_MINUTES = 24 * 60


class NewMember(Struct, frozen=True):
    """
    A member of a team, and its own part of the time.

    `offset` is minutes from the start of the appointment, perhaps before it; without
    `minutes` the part lasts until the appointment ends.
    """

    resource_id: UUID
    role: str = ""
    offset: int = 0
    minutes: int | None = None


class NewTeam(Struct, frozen=True):
    """A team to be; its first member is whose list its bookings stand in."""

    code: str
    name: str
    members: tuple[NewMember, ...]
    department_id: UUID | None = None


def add_team(
    facility: FacilityView, order: NewTeam, *, by: Actor, now: datetime
) -> ResourceView:
    """
    Add a team of resources that serve in a facility.

    :raises CodeTakenError: if the code is in use
    :raises InputError: if it has no members, one of them twice, or a team among them
    :raises NotFoundError: if a member does not serve there
    """
    saving.check_code(order.code, field="code")
    row = Resource(
        public_id=uuid4(),
        code=order.code,
        kind=ResourceKind.TEAM,
        name=clean(order.name, field="name", least=1, most=120),
        capacity=1,
        exclusive=True,
        buffer_before_minutes=0,
        buffer_after_minutes=0,
        capabilities=[],
        schedule_only=True,
        active=True,
    )
    taken = CodeTakenError(field="code", taken=order.code)
    with transaction() as session, constraints({"uq_resources_code": taken}):
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        department_id = _department(facility, order.department_id)
        session.add(row)
        session.flush()
        session.add(
            Post(
                resource_id=row.id,
                facility_id=facility.id,
                department_id=department_id,
                place="",
            )
        )
        session.flush()
        _write(row, facility.id, order.members)
        audit.record(
            "team.added",
            audit.Subject("resource", row.public_id, facility.id),
            by=by,
            now=now,
            after={"code": row.code, "members": _for_trail(order.members)},
        )
        return internal.resource(row.public_id, facility.id)


def set_members(
    facility: FacilityView,
    team: UUID,
    members: Sequence[NewMember],
    *,
    by: Actor,
    now: datetime,
) -> ResourceView:
    """
    Say who is in a team from now on; what is booked already stays as it is.

    :raises InputError: if it has no members, one of them twice, or a team among them
    :raises NotFoundError: if there is no such team, or a member does not serve there
    """
    with transaction() as session:
        # A booking of the team waits, so that it is of the one team or of the other.
        hold_all([f"resource:{team}"])
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        found = internal.resource(team, facility.id, field="team_id")
        if found.kind is not ResourceKind.TEAM:
            raise NotFoundError("team", field="team_id")
        row = session.get_one(Resource, found.id)
        before = internal.teams([team]).get(team, [])
        session.execute(delete(TeamMember).where(TeamMember.team_id == row.id))
        _write(row, facility.id, members)
        audit.record(
            "team.changed",
            audit.Subject("resource", team, facility.id),
            by=by,
            now=now,
            before={"members": [rows.member_for_trail(each) for each in before]},
            after={"members": _for_trail(members)},
        )
        return found


def _write(team: Resource, facility_id: int, members: Sequence[NewMember]) -> None:
    if not 1 <= len(members) <= MOST_MEMBERS:
        raise InputError(field="members", reason="count", least=1, most=MOST_MEMBERS)
    if len({each.resource_id for each in members}) < len(members):
        raise InputError(field="members", reason="twice")
    values = [_columns(team, facility_id, at, each) for at, each in enumerate(members)]
    db.session.execute(insert(TeamMember), values)


def _columns(
    team: Resource, facility_id: int, at: int, member: NewMember
) -> dict[str, Any]:
    path = f"members[{at}]"
    found = internal.resource(
        member.resource_id, facility_id, field=f"{path}.resource_id"
    )
    if found.kind is ResourceKind.TEAM:
        raise InputError(field=f"{path}.resource_id", reason="nested_team")
    if abs(member.offset) > DAY_MINUTES:
        raise InputError(
            field=f"{path}.offset",
            reason="between",
            least=-DAY_MINUTES,
            most=DAY_MINUTES,
        )
    if member.minutes is not None and not 1 <= member.minutes <= DAY_MINUTES:
        raise InputError(
            field=f"{path}.minutes", reason="between", least=1, most=DAY_MINUTES
        )
    return {
        "team_id": team.id,
        "resource_id": found.id,
        "resource_kind": found.kind,
        "position": at,
        "role": clean(member.role, field=f"{path}.role", most=40),
        "offset_minutes": member.offset,
        "minutes": member.minutes,
    }


def _department(facility: FacilityView, public_id: UUID | None) -> int | None:
    if public_id is None:
        return None
    for each in internal.departments(facility.id):
        if each.public_id == public_id:
            return each.id
    raise NotFoundError("department", field="department_id")


def _for_trail(members: Sequence[NewMember]) -> list[dict[str, Any]]:
    return [
        {
            "resource": each.resource_id,
            "role": each.role,
            "offset": each.offset,
            "minutes": each.minutes,
        }
        for each in members
    ]
