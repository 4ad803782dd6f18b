"""
How much of what is offered is used: booked minutes inside available ones.

Available is what a resource offers after leave and maintenance, once for each it holds
at a time. Booked is what appointments use of that; a token slot counts by the share of
its tokens given. Maintenance and overridden claims are counted apart.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import select

from app.availability import internal as availability
from app.availability.kinds import Closed
from app.availability.views import Offer
from app.booking import reach
from app.booking.models import BookingResource, TokenSlot
from app.core.db import db
from app.core.spans import Span, union
from app.directory.views import FacilityView, ResourceView

_HOUR = timedelta(hours=1)


class Tally(Struct):
    """Minutes of one resource, kind, department, day or hour."""

    available: float = 0
    booked: float = 0
    maintenance: float = 0
    overridden: float = 0

    @property
    def share(self) -> float | None:
        """Give the share of the available minutes; without any there is none."""
        return self.booked / self.available if self.available else None


class Utilization(Struct, frozen=True):
    """The tallies of a window, by each way to look at it."""

    window: Span
    resources: dict[ResourceView, Tally]
    kinds: dict[str, Tally]
    departments: dict[str, Tally]
    days: dict[date, Tally]
    hours: dict[int, Tally]
    # By weekday, 0 for Monday, and hour of the facility's clock.
    week: dict[tuple[int, int], Tally]


class _Used(Struct, frozen=True):
    """A claim, and which share of it counts."""

    span: Span
    share: float
    overridden: bool


def measure(
    facility: FacilityView, resources: Sequence[ResourceView], window: Span
) -> Utilization:
    """Measure resources over a window, in two statements."""
    offers = availability.offers(facility, resources, window)
    used = _used([resource.id for resource in resources], window)
    found = Utilization(window, {}, {}, {}, {}, {}, {})
    for resource in resources:
        pieces = _pieces(resource, offers[resource.id], used.get(resource.id, []))
        tallies = [
            found.resources.setdefault(resource, Tally()),
            found.kinds.setdefault(resource.kind.value, Tally()),
            found.departments.setdefault(resource.department, Tally()),
        ]
        for name, span, weight in pieces:
            for tally in tallies:
                _add(tally, name, span, weight)
            for day, hour, part in _cells(span, facility.zone):
                _add(found.days.setdefault(day, Tally()), name, part, weight)
                _add(found.hours.setdefault(hour, Tally()), name, part, weight)
                cell = found.week.setdefault((day.weekday(), hour), Tally())
                _add(cell, name, part, weight)
    return found


def _pieces(
    resource: ResourceView, offer: Offer, used: Sequence[_Used]
) -> Iterator[tuple[str, Span, float]]:
    slots = [slot.span for slot in offer.slots]
    offered = union([*slots, *(piece.span for piece in offer.open)])
    for span in offered:
        yield "available", span, resource.capacity
    for closed in offer.closed:
        if closed.kind is Closed.MAINTENANCE:
            yield "maintenance", closed.span, resource.capacity
    for each, span in _inside(used, offered):
        yield ("overridden" if each.overridden else "booked"), span, each.share


def _inside(
    used: Iterable[_Used], offered: Sequence[Span]
) -> Iterator[tuple[_Used, Span]]:
    """Cut what is used to what is offered, both in order of time, in one walk."""
    first = 0
    for each in sorted(used, key=lambda use: use.span):
        while first < len(offered) and offered[first].end <= each.span.start:
            first += 1
        at = first
        while at < len(offered) and offered[at].start < each.span.end:
            inside = offered[at].meet(each.span)
            if inside is not None:
                yield each, inside
            at += 1


def _cells(span: Span, zone: ZoneInfo) -> Iterator[tuple[date, int, Span]]:
    """Cut a span at the full hours of the facility's clock."""
    start = span.start
    while start < span.end:
        local = start.astimezone(zone)
        past = timedelta(minutes=local.minute, seconds=local.second)
        end = min(start - past + _HOUR, span.end)
        yield local.date(), local.hour, Span(start, end)
        start = end


def _add(tally: Tally, name: str, span: Span, weight: float) -> None:
    minutes = span.length.total_seconds() / 60 * weight
    setattr(tally, name, getattr(tally, name) + minutes)


def _used(resource_ids: Sequence[int], window: Span) -> dict[int, list[_Used]]:
    rows = db.session.execute(
        select(
            BookingResource.resource_id,
            BookingResource.during,
            BookingResource.overridden,
            TokenSlot.taken,
            TokenSlot.capacity,
        )
        .outerjoin(TokenSlot, TokenSlot.id == BookingResource.token_slot_id)
        .where(
            BookingResource.resource_id.in_(resource_ids),
            BookingResource.active,
            reach.claims(window),
        )
    )
    found: dict[int, list[_Used]] = {}
    for resource_id, during, overridden, taken, capacity in rows:
        share = 1.0 if capacity is None else min(1.0, taken / capacity)
        found.setdefault(resource_id, []).append(_Used(during, share, overridden))
    return found
