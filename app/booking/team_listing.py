"""What a team offers: the time at which every one of its members is there."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import reduce

from app.availability import internal as availability
from app.booking import board, first_opening, lean, listing, seeking
from app.booking.views import ColumnView, Member, Seeking
from app.core.actor import Actor
from app.core.spans import Span, day_span, union
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView, TypeView


def day(
    facility: FacilityView,
    team: ResourceView,
    day: date,
    kind: TypeView | None,
    *,
    by: Actor,
    now: datetime,
) -> ColumnView:
    """
    Give a day of a team: open and free where every member is.

    For a type, free is where a booking of that type may lie, each member for its part.
    Why the team is closed is told of each member.
    """
    window = day_span(day, facility.zone)
    members = _members(facility, team)
    offers = availability.offers(facility, members, window)
    near = listing.around(members[0], kind, window) if members else window
    taken = lean.read(facility, [each.id for each in members], near, now=now)
    columns = [
        board.column(
            each, window, offers[each.id], taken.occupancy, {}, now, _of(kind, at)
        )
        for at, each in enumerate(members)
    ]
    free = _common([column.free for column in columns])
    if kind is not None and members:
        free = _lengths(facility, team, window, kind, by=by, now=now)
    return ColumnView(
        resource=team,
        day=window,
        slots=(),
        open=tuple(_common([column.open for column in columns])),
        free=tuple(free),
        closed=tuple(
            sorted((c for each in columns for c in each.closed), key=lambda c: c.span)
        ),
        visits=(),
    )


def _members(facility: FacilityView, team: ResourceView) -> list[ResourceView]:
    """Give who is in a team, in its order; nobody if it is out of use."""
    inner = directory.teams([team.public_id]).get(team.public_id, [])
    here = {each.public_id: each for each in directory.resources(facility.id)}
    return [here[each.resource_id] for each in inner if each.resource_id in here]


def _of(kind: TypeView | None, at: int) -> TypeView | None:
    return kind if at == 0 else None


def _common(each: Sequence[Sequence[Span]]) -> list[Span]:
    """Give the time that is in all of these."""
    if not each:
        return []
    return reduce(_meet, (union(spans) for spans in each))


def _meet(ones: list[Span], others: list[Span]) -> list[Span]:
    return [both for one in ones for other in others if (both := one.meet(other))]


def _lengths(
    facility: FacilityView,
    team: ResourceView,
    window: Span,
    kind: TypeView,
    *,
    by: Actor,
    now: datetime,
) -> list[Span]:
    asked = Seeking((Member(team.public_id),), kind.public_id)
    sought = seeking.resolve(facility, asked, by=by, after=now)
    starts = first_opening.windows(sought, window, by=by, now=now)
    return [Span(first, last + sought.length) for first, last in starts]
