"""Which unit of a resource is free: interval colouring, pure."""

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from app.core.spans import Span


class Held(Struct, frozen=True):
    """
    A unit taken for a span by the claim of that row; row 0 is not kept yet.

    An overridden one counts, but stands beside the units and has none of its own.
    """

    id: int
    unit: int
    span: Span
    overridden: bool = False


def free_unit(near: Iterable[Held], capacity: int) -> int | None:
    """Give the lowest unit none of these holds, if the resource has one."""
    used = {held.unit for held in near if not held.overridden}
    return next((unit for unit in range(1, capacity + 1) if unit not in used), None)


def first_full(near: Sequence[Held], span: Span, capacity: int) -> list[Held] | None:
    """Give who holds the resource at the first moment of the span it is full."""
    moments = sorted({max(span.start, held.span.start) for held in near})
    for moment in moments:
        there = [held for held in near if held.span.holds(moment)]
        if len(there) >= capacity:
            return there
    return None


def colours(held: Iterable[Held]) -> dict[Held, int]:
    """
    Number spans so that no two of one number overlap, with the fewest numbers.

    In order of start each takes the lowest number that is free again: as many numbers
    are used as spans overlap at the busiest moment.
    """
    free: list[int] = []
    busy: list[tuple[datetime, int]] = []
    numbered: dict[Held, int] = {}
    most = 0
    for each in sorted(held, key=lambda h: (h.span, h.id)):
        while busy and busy[0][0] <= each.span.start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if not free:
            most += 1
            heapq.heappush(free, most)
        number = heapq.heappop(free)
        numbered[each] = number
        heapq.heappush(busy, (each.span.end, number))
    return numbered


def full_spans(held: Iterable[Span], capacity: int) -> list[Span]:
    """Give the time at which so many spans run at once that nothing more fits."""
    edges = Counter[datetime]()
    for span in held:
        edges[span.start] += 1
        edges[span.end] -= 1
    full: list[Span] = []
    running, since = 0, None
    for moment in sorted(edges):
        running += edges[moment]
        if running >= capacity and since is None:
            since = moment
        elif running < capacity and since is not None:
            full.append(Span(since, moment))
            since = None
    return full
