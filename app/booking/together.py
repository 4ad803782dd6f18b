"""When a whole set of resources is free together again; nothing is held here."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.availability import internal as availability
from app.booking import board, lean
from app.booking.lean import Taken
from app.booking.places import Part
from app.core.spans import Span, union
from app.directory.views import FacilityView, ResourceView, TypeView

AHEAD = timedelta(days=90)
# How much is read at a time: the answer is mostly near.
_CHUNK = timedelta(days=15)
_ONE_DAY = timedelta(days=1)

# From the first to the last moment at which all could begin.
Starts = tuple[datetime, datetime]


def starts(
    facility: FacilityView,
    wanted: Sequence[Part],
    kind: TypeView,
    after: datetime,
    *,
    now: datetime,
) -> Iterator[Starts]:
    """
    Give when all could begin together, each for its own part, in order of time.

    The first part is the principal's. Rules are not asked here, and what is chosen
    automatically is not among the parts.
    """
    begin, last = max(after, now), max(after, now) + AHEAD
    base = wanted[0].during.start
    while begin < last:
        end = min(begin + _CHUNK, last)
        window = Span(begin - _ONE_DAY, end + _ONE_DAY)
        offers = availability.offers(facility, [p.resource for p in wanted], window)
        ids = [part.resource.id for part in wanted]
        taken = lean.read(facility, ids, window, now=now)
        found: list[Starts] = [(begin, end - board.STEP)]
        for index, part in enumerate(wanted):
            offer, type_ = offers[part.resource.id], kind if index == 0 else None
            open_time = union(
                piece.span for piece in offer.open if not type_ or piece.allows(kind.id)
            )
            slots = [slot.span for slot in offer.slots]
            free = _free(part.resource, type_, open_time, taken, slots)
            found = _both(found, _of(part, free, base))
        yield from ((board.on_step(a), b) for a, b in found if board.on_step(a) <= b)
        begin = end


def _free(
    resource: ResourceView,
    kind: TypeView | None,
    open_time: Sequence[Span],
    taken: Taken,
    slots: Sequence[Span],
) -> list[Span]:
    """Give where a part may lie, with the longer of both buffers around it."""
    if kind is not None:
        resource = replace(
            resource,
            buffer_before=max(resource.buffer_before, kind.buffer_before),
            buffer_after=max(resource.buffer_after, kind.buffer_after),
        )
    return board.free(resource, open_time, taken.occupancy, slots)


def _of(part: Part, free: Sequence[Span], base: datetime) -> list[Starts]:
    """Turn free time of a part into moments at which the whole may begin."""
    ahead = part.during.start - base
    return [
        (span.start - ahead, span.end - ahead - part.during.length)
        for span in free
        if span.length >= part.during.length
    ]


def _both(one: Sequence[Starts], other: Sequence[Starts]) -> list[Starts]:
    met = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return sorted((a, b) for a, b in met if a <= b)
