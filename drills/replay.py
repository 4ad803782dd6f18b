"""
Replaying refusals: was the place that a client was refused really taken just then?

That somebody is told to try again is no way round it: a place that was free all the
while may not be refused as "busy" either.

The audit trail tells where each booking stood from which commit to which other one
(`track_commit_timestamp` must be on). A refusal is right when at some moment between
the question and the answer so many stood there that nothing more could.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from drills.auditor import Connection
from drills.notes import Note, Place
from drills.scene import SLOT_MINUTES

REFUSALS = frozenset({"slot_taken", "slot_full", "hold_lost"})
# A commit is stamped just before it is flushed to the disk, and seen just after.
FLUSH_S = 1.0

_TAKES = frozenset(
    {"held", "requested", "scheduled", "checked_in", "in_progress", "completed"}
)
_TRAIL = """
  SELECT extract(epoch FROM pg_xact_commit_timestamp(e.xmin))::float8,
    e.object_id, a.kind, a.priority = 1, e.after
  FROM audit_events e JOIN appointments a ON a.public_id::text = e.object_id
  WHERE e.object_kind = 'appointment' ORDER BY e.id
"""
_RESOURCES = """
  SELECT code, public_id::text, capacity, buffer_before_minutes, buffer_after_minutes
  FROM resources
"""
_SLOTS = """
  SELECT r.public_id::text, lower(t.during), max(t.capacity) FROM token_slots t
  JOIN resources r ON r.id = t.resource_id GROUP BY 1, 2
"""
# Leave, from the commit that began it to the one that took it back.
_AWAY = """
  SELECT r.public_id::text, lower(c.during), upper(c.during),
    min(extract(epoch FROM pg_xact_commit_timestamp(e.xmin))::float8),
    max(extract(epoch FROM pg_xact_commit_timestamp(e.xmin))::float8)
      FILTER (WHERE e.action = 'cascade.undone')
  FROM cascades c JOIN resources r ON r.id = c.resource_id
  JOIN audit_events e ON e.object_kind = 'cascade'
  AND e.object_id = c.public_id::text GROUP BY c.id, r.id
"""
_FOREVER = float("inf")
_SLOT = timedelta(minutes=SLOT_MINUTES)

Span = tuple[datetime, datetime]
# Moments of the hospital's clock are told in its own pace; this makes them real ones.
Real = Callable[[datetime], float]


@dataclass(frozen=True, slots=True)
class Stay:
    """
    Where a booking stood, really, from `since` to `till`; a hold ends at `ends`.

    An `urgent` one gives way to nothing.
    """

    appointment: str
    kind: str
    resources: dict[str, Span]
    since: float
    till: float = _FOREVER
    ends: float = _FOREVER
    urgent: bool = False

    def stood(self, moment: float, asked: float) -> bool:
        """Say whether it stood at a moment, for who asked at another before."""
        return self.since <= moment < self.till + FLUSH_S and self.ends > asked


@dataclass(frozen=True, slots=True)
class Thing:
    capacity: int
    before: timedelta
    after: timedelta

    def around(self, span: Span) -> Span:
        return span[0] - self.before, span[1] + self.after


class History:
    """All stays of a race, by resource."""

    def __init__(self, connection: Connection, real: Real) -> None:
        """Read it; nobody may write meanwhile."""
        self._real = real
        self._things: dict[str, Thing] = {}
        self._named: dict[str, str] = {}
        for code, name, capacity, before, after in connection.execute(_RESOURCES):
            buffers = timedelta(minutes=before), timedelta(minutes=after)
            self._things[name] = Thing(capacity, *buffers)
            self._named[code] = name
        self._slots = {
            (name, start): capacity
            for name, start, capacity in connection.execute(_SLOTS)
        }
        self._away = [
            (name, (start, end), since, _FOREVER if till is None else till)
            for name, start, end, since, till in connection.execute(_AWAY)
        ]
        self._stays: dict[str, list[Stay]] = defaultdict(list)
        for stay in self._read(connection):
            for name in stay.resources:
                self._stays[name].append(stay)

    def unexplained(self, notes: Iterable[Note]) -> list[tuple[Any, ...]]:
        """Give the refusals for which the place was free all the while."""
        return [
            (note.act, note.code, note.place.kind, note.place.parts, note.got)
            for note in notes
            if note.place is not None
            and note.code in REFUSALS
            and not self._explains(note, note.place)
        ]

    def busy_though_free(self, notes: Iterable[Note]) -> list[tuple[Any, ...]]:
        """
        Give who was told to try again for a place that was free all the while.

        Who names what they want has its locks in a fraction of the time they may wait.
        Only who must lock what stands there as well may find that it was changed since
        they looked: then somebody's work on it was done between question and answer.
        That Redis was away, or a worker was killed, excuses nothing.
        """
        return [
            (note.act, place.kind, place.parts, round(note.got - note.sent, 1))
            for note in notes
            if note.code == "busy"
            and (place := note.place) is not None
            and not self._explains(note, place)
            and not (_looks_first(place) and self._stirred(note, place))
        ]

    def _stirred(self, note: Note, place: Place) -> bool:
        """Say whether anything of its resources, or it itself, changed meanwhile."""
        wanted = {name for name, *_ in place.parts}
        first, last = note.sent - FLUSH_S, note.got
        return any(
            first <= moment <= last
            for stays in self._stays.values()
            for stay in stays
            if stay.appointment == place.without or wanted & stay.resources.keys()
            for moment in (stay.since, stay.till)
        )

    def _explains(self, note: Note, place: Place) -> bool:
        if note.code == "hold_lost" and self._is_away(note, place):
            return True
        return any(self._full(place, part, note.sent, note.got) for part in place.parts)

    def _is_away(self, note: Note, place: Place) -> bool:
        """Say whether leave met a place whose hold had run out, and was asked anew."""
        parts = [
            (name, _span([start, end or _slot_end(start)]))
            for name, start, end in place.parts
        ]
        return any(
            name == other and _meet(span, away)
            for name, span in parts
            for other, away, since, till in self._away
            if since <= note.got and note.sent < till + FLUSH_S
        )

    def _full(
        self, place: Place, part: tuple[str, str, str], sent: float, got: float
    ) -> bool:
        name, start = part[0], datetime.fromisoformat(part[1])
        others = [s for s in self._stays[name] if s.appointment != place.without]
        if place.kind == "token":
            capacity = self._slots.get((name, start))
            near = [
                s for s in others if s.kind == "token" and s.resources[name][0] == start
            ]
            most = _FOREVER if capacity is None else capacity + place.extra
            # Who took the slot's time leaves no room for any token.
            slot = start, start + _SLOT
            over = [s for s in others if s.kind == "timed"]
            over = [s for s in over if _meet(self._span(s, name), slot)]
            return any(
                sum(s.stood(moment, sent) for s in near) >= most
                or any(s.stood(moment, sent) for s in over)
                for moment in _moments([*near, *over], sent, got)
            )
        wanted = self._things[name].around((start, datetime.fromisoformat(part[2])))
        near = [
            s
            for s in others
            if _meet(self._span(s, name), wanted) and not _gives_way(s, place.kind)
        ]
        return any(
            self._busy(name, [s for s in near if s.stood(moment, sent)], wanted)
            for moment in _moments(near, sent, got)
        )

    def _busy(self, name: str, stood: list[Stay], wanted: Span) -> bool:
        """Say whether some moment of the wanted time was at capacity."""
        capacity = self._things[name].capacity
        if any(s.kind == "token" for s in stood):
            # A slot with anybody in it takes its whole resource.
            return True
        spans = [self._span(s, name) for s in stood]
        starts = {max(span[0], wanted[0]) for span in spans}
        return any(
            sum(first <= moment < last for first, last in spans) >= capacity
            for moment in starts
        )

    def _span(self, stay: Stay, name: str) -> Span:
        span = stay.resources[name]
        return span if stay.kind == "token" else self._things[name].around(span)

    def _read(self, connection: Connection) -> Iterator[Stay]:
        standing: dict[str, Stay] = {}
        places: dict[str, dict[str, Span]] = {}
        for at, which, kind, urgent, after in connection.execute(_TRAIL):
            told = after or {}
            before = standing.pop(which, None)
            if "hold_expires_at" in told and "status" not in told and before:
                standing[which] = replace(before, ends=self._ends(told))
                continue
            if before is not None:
                yield replace(before, till=at)
            if "during" in told:
                places[which] = self._places(told)
            if _stands(kind, told, before):
                ends = self._until(told, before)
                standing[which] = Stay(
                    which, kind, places[which], at, ends=ends, urgent=urgent
                )
        yield from standing.values()

    def _places(self, told: dict[str, Any]) -> dict[str, Span]:
        spans = {told["resource"]: told["during"], **told["resources"]}
        return {self._named[code]: _span(span) for code, span in spans.items()}

    def _ends(self, told: dict[str, Any]) -> float:
        until = told.get("hold_expires_at")
        return self._real(datetime.fromisoformat(until)) if until else _FOREVER

    def _until(self, told: dict[str, Any], before: Stay | None) -> float:
        """Tell when a hold ends; one that was moved ends when it did before."""
        if told.get("status") == "held" and before is not None:
            return before.ends
        return self._ends(told)


def _stands(kind: str, told: dict[str, Any], before: Stay | None) -> bool:
    if "status" not in told:
        return before is not None
    # Who does not come to a token has had it; a timed place is free again.
    return told["status"] in _TAKES or (kind == "token" and told["status"] == "no_show")


def _looks_first(place: Place) -> bool:
    """Say whether it depends on what stands which locks are needed for a place."""
    return bool(place.without) or place.kind in {"over_slots", "emergency"}


def _gives_way(stay: Stay, to: str) -> bool:
    """Say whether somebody gives way to a place of that kind."""
    if to == "emergency":
        return not stay.urgent
    return to == "over_slots" and stay.kind == "token"


def _moments(near: Iterable[Stay], sent: float, got: float) -> list[float]:
    """Give the moments at which it may have been full: the first, and each arrival."""
    return [sent, *(s.since for s in near if sent < s.since <= got)]


def _slot_end(start: str) -> str:
    return (datetime.fromisoformat(start) + _SLOT).isoformat()


def _meet(one: Span, two: Span) -> bool:
    return one[0] < two[1] and two[0] < one[1]


def _span(told: list[str]) -> Span:
    return datetime.fromisoformat(told[0]), datetime.fromisoformat(told[1])
