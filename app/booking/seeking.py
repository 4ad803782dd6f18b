"""From a set that is sought to who could be each of its members."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.booking import assignment, needs
from app.booking.errors import NoneFreeError
from app.booking.needs import Need
from app.booking.places import LONGEST_MINUTES, MOST_RESOURCES
from app.booking.views import Member, Passed, Seeking
from app.core.actor import Actor
from app.core.errors import InputError, NotFoundError
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients.views import PatientView

MINUTE = timedelta(minutes=1)


class Wanted(Struct, frozen=True):
    """A member with all who could be it, the best first, and why each would be."""

    name: str
    role: str
    offset: timedelta
    length: timedelta
    ranked: tuple[ResourceView, ...]
    why: dict[int, str]

    def during(self, start: datetime) -> Span:
        """Give its part of an appointment that starts then."""
        return Span(start + self.offset, start + self.offset + self.length)


class Sought(Struct, frozen=True):
    """A set that is sought in a facility, as far as it is known before its time."""

    facility: FacilityView
    kind: TypeView | None
    length: timedelta
    wanted: tuple[Wanted, ...]
    patients: tuple[PatientView, ...] = ()

    @property
    def everybody(self) -> list[ResourceView]:
        """Give all who could be a member, each once."""
        found = {each.id: each for wanted in self.wanted for each in wanted.ranked}
        return list(found.values())


def resolve(
    facility: FacilityView,
    seeking: Seeking,
    *,
    by: Actor,
    after: datetime,
    patients: Sequence[PatientView] = (),
) -> Sought:
    """
    Find who could be each member; a team becomes its members.

    What is not named is only what its actor may book.

    :raises InputError: if the set cannot be right
    :raises NoneFreeError: if there is nobody who could be a member
    :raises NotFoundError: if it names what is not there
    """
    kind = directory.appointment_type(seeking.type_id) if seeking.type_id else None
    here = directory.resources(facility.id)
    members = _expanded(seeking.members, here)
    if kind is not None:
        members = [*members, *_needed(kind, members, here)]
    if not 1 <= len(members) <= MOST_RESOURCES:
        raise InputError(field="members", reason="count", least=1, most=MOST_RESOURCES)
    length = timedelta(minutes=_minutes(seeking, members, kind, here))
    closed = assignment.closed(here, facility, by)
    found = [
        _fitting(each, facility, here, closed, at) for at, each in enumerate(members)
    ]
    wish = assignment.Wish(
        facility=facility,
        type=kind or needs.NOTHING,
        span=Span(after, after + length),
        have=(),
        patients=patients,
    )
    return Sought(
        facility,
        kind,
        length,
        tuple(
            _wanted(member, fitting, length, wish, at)
            for at, (member, fitting) in enumerate(zip(members, found, strict=True))
        ),
        tuple(patients),
    )


def _expanded(members: Sequence[Member], here: Sequence[ResourceView]) -> list[Member]:
    """Put the members of a team in its place, each with its own part."""
    kinds = {each.public_id: each.kind for each in here}
    named = [each.resource_id for each in members if each.resource_id]
    if not any(kinds.get(each) is ResourceKind.TEAM for each in named):
        return list(members)
    teams = directory.teams(named)
    found: list[Member] = []
    for at, each in enumerate(members):
        if each.resource_id is None or each.resource_id not in teams:
            found.append(each)
            continue
        inner = teams[each.resource_id]
        if not inner:
            raise InputError(field=f"members[{at}]", reason="empty_team")
        found += [
            replace(
                each,
                resource_id=one.resource_id,
                role=one.role or each.role,
                offset=each.offset + one.offset // MINUTE,
                minutes=one.length // MINUTE if one.length else _left(each, one.offset),
            )
            for one in inner
        ]
    if len({m.resource_id for m in found if m.resource_id}) < sum(
        m.resource_id is not None for m in found
    ):
        raise InputError(field="members", reason="twice")
    return found


def _left(member: Member, offset: timedelta) -> int | None:
    """Give what is left of a team's part for one that stays to its end."""
    return None if member.minutes is None else member.minutes - offset // MINUTE


def _needed(
    kind: TypeView, members: Sequence[Member], here: Sequence[ResourceView]
) -> list[Member]:
    """Give what a type needs beside the members, for the whole time."""
    by_id = {each.public_id: each for each in here}
    named = [by_id[m.resource_id] for m in members if m.resource_id in by_id]
    loose = [Need(m.kind, m.capability) for m in members if m.kind is not None]
    found = []
    for need in needs.unmet(needs.of(kind), named):
        if need in loose:
            loose.remove(need)
        else:
            found.append(Member(kind=need.kind, capability=need.capability))
    return found


def _minutes(
    seeking: Seeking,
    members: Sequence[Member],
    kind: TypeView | None,
    here: Sequence[ResourceView],
) -> int:
    minutes = seeking.minutes
    if minutes is None and kind is not None:
        first = members[0].resource_id
        found = next((each for each in here if each.public_id == first), None)
        minutes = directory.minutes_with(kind, found.id) if found else kind.minutes
    if minutes is None or not 1 <= minutes <= LONGEST_MINUTES:
        raise InputError(
            field="minutes", reason="between", least=1, most=LONGEST_MINUTES
        )
    return minutes


def _fitting(
    member: Member,
    facility: FacilityView,
    here: Sequence[ResourceView],
    closed: Mapping[int, Passed],
    at: int,
) -> list[ResourceView]:
    field = f"members[{at}]"
    if member.resource_id is not None:
        found = [each for each in here if each.public_id == member.resource_id]
        if not found:
            raise NotFoundError("resource", field=f"{field}.resource_id")
        return found
    if member.kind is None and not member.capability and member.department_id is None:
        raise InputError(field=field, reason="nobody_named")
    department = _department(member.department_id, facility, field)
    fitting = [
        each
        for each in here
        if each.active
        and each.kind is not ResourceKind.TEAM
        and (department is None or each.department_id == department)
        and _able(member, each)
    ]
    able = [each for each in fitting if each.id not in closed]
    if not able:
        passed = tuple(closed[each.id] for each in fitting)
        raise NoneFreeError(need=_name(member), passed=passed)
    return able


def _able(member: Member, resource: ResourceView) -> bool:
    if member.kind is None:
        return not member.capability or member.capability in resource.capabilities
    return Need(member.kind, member.capability).met_by(resource)


def _department(
    public_id: UUID | None, facility: FacilityView, field: str
) -> int | None:
    if public_id is None:
        return None
    for each in directory.departments(facility.id):
        if each.public_id == public_id:
            return each.id
    raise NotFoundError("department", field=f"{field}.department_id")


def _wanted(
    member: Member,
    fitting: Sequence[ResourceView],
    length: timedelta,
    wish: assignment.Wish,
    at: int,
) -> Wanted:
    offset = timedelta(minutes=member.offset)
    part = length - offset
    if member.minutes is not None:
        part = timedelta(minutes=member.minutes)
    if abs(member.offset) > LONGEST_MINUTES or not (
        MINUTE <= part <= timedelta(minutes=LONGEST_MINUTES)
    ):
        raise InputError(field=f"members[{at}]", reason="part")
    if member.resource_id is not None:
        ranked, why = tuple(fitting), {each.id: "named" for each in fitting}
    else:
        ranks = assignment.ranks(fitting, wish)
        ranked = tuple(sorted(fitting, key=lambda each: ranks[each.id][1]))
        why = {each.id: ranks[each.id][0] for each in fitting}
    return Wanted(_name(member), member.role, offset, part, ranked, why)


def _name(member: Member) -> str:
    kind = member.kind.value if member.kind else "anybody"
    return f"{kind}:{member.capability}" if member.capability else kind
