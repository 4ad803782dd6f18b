"""
When a whole set is free together: interval arithmetic over possible starts. Pure.

A resource that is free in a gap can begin its part anywhere from the gap's start until
its end less the part's length; shifted by the part's offset, these are the starts of
the appointment it allows. They are closed intervals: a part may end where a gap does.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from app.core.spans import Span

# From the first start to the last one, both included.
Starts = tuple[datetime, datetime]

STEP = timedelta(minutes=5)


class Candidate(Struct, frozen=True):
    """Who could be a member: a resource's number, and the starts it allows."""

    id: int
    starts: Sequence[Starts]

    def allows(self, moment: datetime) -> bool:
        """Say whether it is free for its part of an appointment from then on."""
        at = bisect_right(self.starts, moment, key=_first) - 1
        return at >= 0 and moment <= self.starts[at][1]


# Says whether a rule lets the first member be that resource at that moment.
Rules = Callable[[int, datetime], bool]


def starts(gaps: Iterable[Span], offset: timedelta, length: timedelta) -> list[Starts]:
    """Give the starts that gaps allow a part of that offset and length."""
    return [
        (gap.start - offset, gap.end - offset - length)
        for gap in gaps
        if gap.length >= length
    ]


def either(candidates: Iterable[Candidate]) -> list[Starts]:
    """Give the starts that at least one of these allows."""
    merged: list[Starts] = []
    for first, last in sorted(each for c in candidates for each in c.starts):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return merged


def both(ones: Sequence[Starts], others: Sequence[Starts]) -> list[Starts]:
    """Give the starts that are in both."""
    found, at, to = [], 0, 0
    while at < len(ones) and to < len(others):
        first = max(ones[at][0], others[to][0])
        last = min(ones[at][1], others[to][1])
        if first <= last:
            found.append((first, last))
        if ones[at][1] < others[to][1]:
            at += 1
        else:
            to += 1
    return found


class Found(Struct, frozen=True):
    """A start, and who is each member then."""

    start: datetime
    chosen: tuple[int, ...]


def earliest(
    members: Sequence[Sequence[Candidate]],
    common: Sequence[Starts],
    within: Span,
    rules: Rules,
) -> Found | None:
    """
    Give the first start within a span at which every member is somebody else.

    `common` are the starts that each member allows, whoever it is. Between two moments
    at which somebody becomes free nobody new is there, so only these are tried; what
    rules refuse is tried again at each step of the clock. Starts lie on that step,
    unless there is room off it alone. Of several who could be a member the first is
    taken that leaves enough for the others.
    """
    for first, last in common:
        lowest = max(first, within.start)
        if lowest > last or lowest >= within.end:
            continue
        edges = sorted(
            {lowest}
            | {
                each[0]
                for candidates in members
                for candidate in candidates
                for each in candidate.starts
                if lowest < each[0] <= last and each[0] < within.end
            }
        )
        for at, edge in enumerate(edges):
            until = edges[at + 1] if at + 1 < len(edges) else within.end
            found = _between(members, edge, until, last, rules)
            if found is not None and found.start < within.end:
                return found
    return None


def on_step(moment: datetime) -> datetime:
    """Round up to the next five minutes."""
    past = timedelta(
        minutes=moment.minute % 5,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return moment if not past else moment - past + STEP


def choose(
    members: Sequence[Sequence[Candidate]], moment: datetime
) -> tuple[int, ...] | None:
    """Give who is each member at a moment, the best first; None if they do not fit."""
    free = [[c.id for c in each if c.allows(moment)] for each in members]
    return _matched(free) if all(free) else None


def _between(
    members: Sequence[Sequence[Candidate]],
    edge: datetime,
    until: datetime,
    last: datetime,
    rules: Rules,
) -> Found | None:
    moment = on_step(edge)
    if moment > last or choose(members, moment) is None:
        moment = edge
    while moment <= last:
        free = [[c.id for c in each if c.allows(moment)] for each in members]
        if not all(free) or _matched(free) is None:
            return None
        free[0] = [each for each in free[0] if rules(each, moment)]
        chosen = _matched(free) if free[0] else None
        if chosen is not None:
            return Found(moment, chosen)
        moment = on_step(moment + timedelta(microseconds=1))
        if moment >= until:
            return None
    return None


def _matched(free: Sequence[Sequence[int]]) -> tuple[int, ...] | None:
    """Give each member in turn the best of its own that leaves enough for the rest."""
    taken: set[int] = set()
    chosen: list[int] = []
    for at, mine in enumerate(free):
        for each in mine:
            if each not in taken and _enough(free[at + 1 :], taken | {each}):
                break
        else:
            return None
        taken.add(each)
        chosen.append(each)
    return tuple(chosen)


def _enough(free: Sequence[Sequence[int]], taken: set[int]) -> bool:
    """Say whether each of these could have one of its own that nobody else has."""
    holder: dict[int, int] = {}

    def place(member: int, tried: set[int]) -> bool:
        for each in free[member]:
            if each in taken or each in tried:
                continue
            tried.add(each)
            if each not in holder or place(holder[each], tried):
                holder[each] = member
                return True
        return False

    return all(place(member, set()) for member in range(len(free)))


def _first(each: Starts) -> datetime:
    return each[0]
