"""Teams as they are booked: each member is claimed, for its own part of the time."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.booking import guard
from app.booking.views import NewTimed, Want
from app.core.errors import BusyError, InputError
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.views import MemberView

Teams = Mapping[UUID, Sequence[MemberView]]


class Expanded(Struct, frozen=True):
    """What an order wants, with the members of its teams in their place."""

    wants: tuple[Want, ...]
    teams: Teams

    @property
    def keys(self) -> list[str]:
        """Name the locks of all it wants, and of the teams: they do not change."""
        wanted = [want.resource_id for want in self.wants]
        return guard.keys_of([*wanted, *self.teams])

    def of(self, order: NewTimed) -> NewTimed:
        """Give the order with the members in place of its teams."""
        return replace(order, resources=self.wants)

    def check(self) -> None:
        """
        See, under the locks, that the teams are still what they were.

        :raises BusyError: if somebody changed one just before
        """
        if self.teams and directory.teams(self.teams) != self.teams:
            raise BusyError


def expand(order: NewTimed) -> Expanded:
    """
    Put the members of each team into an order, in place of the team.

    The first member of a team that is named first is whose list it stands in.

    :raises InputError: if a team has nobody in it
    """
    teams = directory.teams(want.resource_id for want in order.resources)
    if not teams:
        return Expanded(order.resources, teams)
    wants: list[Want] = []
    for index, want in enumerate(order.resources):
        if want.resource_id not in teams:
            wants.append(want)
            continue
        members = teams[want.resource_id]
        if not members:
            raise InputError(field=f"resources[{index}]", reason="empty_team")
        whole = want.during or _whole(order, members)
        wants += [_want(each, whole, want) for each in members]
    return Expanded(tuple(wants), teams)


def _want(member: MemberView, whole: Span, want: Want) -> Want:
    if not member.offset and member.length is None:
        return replace(want, resource_id=member.resource_id)
    start = whole.start + member.offset
    end = whole.end if member.length is None else start + member.length
    if end <= start:
        raise InputError(field="ends_at", reason="before_start")
    return replace(want, resource_id=member.resource_id, during=Span(start, end))


def _whole(order: NewTimed, members: Sequence[MemberView]) -> Span:
    """Give the time of an order; without an end, as long as its type takes."""
    if order.ends_at is not None:
        if order.ends_at <= order.starts_at:
            raise InputError(field="ends_at", reason="before_start")
        return Span(order.starts_at, order.ends_at)
    what = directory.bookable(order.facility_id, members[0].resource_id, order.type_id)
    return Span(order.starts_at, order.starts_at + timedelta(minutes=what.minutes))
