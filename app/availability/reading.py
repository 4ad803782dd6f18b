"""All that decides what is offered, read in one statement."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import text

from app.availability.kinds import Closed, Offered
from app.availability.slots import Pattern, Piece, Session
from app.availability.views import ClosedSpan, Origin, Source
from app.core.constant import Constant
from app.core.spans import Span, local_date
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView

# Time added by one exception is no longer than this, so that its slots can be cut from
# what is known this far around a window.
LONGEST_EXTRA = timedelta(days=31)
_REACH = LONGEST_EXTRA + timedelta(days=2)
_ONE_DAY = timedelta(days=1)


class Known(Struct):
    """
    Rules, time added and time away of some resources at a facility.

    By resource number; None holds what is the whole facility's. A resource with any
    schedule at all has an entry in `patterns`, perhaps an empty one.
    """

    zone: ZoneInfo
    patterns: dict[int | None, list[Pattern]] = field(
        default_factory=lambda: defaultdict(list)
    )
    extras: dict[int | None, list[Piece]] = field(
        default_factory=lambda: defaultdict(list)
    )
    closures: dict[int | None, list[ClosedSpan]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def hours(self, resource: ResourceView) -> list[Pattern]:
        """Give the rules that hold for a resource: its own, or those it follows."""
        until = self.follows_until(resource)
        house = [
            replace(each, last=min(each.last or until, until))
            for each in self.patterns.get(None, ())
            if each.first <= until
        ]
        return [*house, *self.patterns.get(resource.id, ())]

    def follows_until(self, resource: ResourceView) -> date:
        """
        Tell on which day a resource last follows the facility's own hours.

        It does until its own begin for the first time; a practitioner never does.
        """
        if resource.kind is ResourceKind.PRACTITIONER or resource.schedule_only:
            return date.min
        own = self.patterns.get(resource.id)
        return min(each.first for each in own) - _ONE_DAY if own else date.max


class Told(NamedTuple):
    """What is known as it came, lists in JSON: what comes the same means the same."""

    zone: ZoneInfo
    sessions: str | None
    exceptions: str | None
    repairs: str | None


def read(facility: FacilityView, ids: Iterable[int], window: Span) -> Known:
    """Read what is known of these resources around the window."""
    return understood(ask(facility, ids, window))


def ask(facility: FacilityView, ids: Iterable[int], window: Span) -> Told:
    """Read it as it comes."""
    near = window.widen(_REACH, _REACH)
    rows = _ALL.send(
        {
            "facility": facility.id,
            "ids": sorted(set(ids)),
            "start": near.start,
            "end": near.end,
            "first": local_date(near.start, facility.zone),
            "last": local_date(near.end, facility.zone),
        },
    ).one()
    return Told(facility.zone, *rows)


def understood(told: Told) -> Known:
    """Make of what came what hours are worked out from."""
    known = Known(told.zone)
    _patterns(known, _listed(told.sessions))
    for resource_id, number, available, kind, start, end, size, tokens, why in _listed(
        told.exceptions
    ):
        span = _span(start, end)
        if available:
            source = Source(Origin.EXCEPTION, number)
            known.extras[resource_id].append(
                Piece(Offered(kind), span, size, tokens, frozenset(), why, source)
            )
        else:
            known.closures[resource_id].append(ClosedSpan(span, Closed.AWAY, why))
    for resource_id, start, end, why in _listed(told.repairs):
        closed = ClosedSpan(_span(start, end), Closed.MAINTENANCE, why)
        known.closures[resource_id].append(closed)
    return known


def _listed(told: str | None) -> list[list[Any]]:
    found: list[list[Any]] = orjson.loads(told) if told else []
    return found


def _patterns(known: Known, rows: list[list[Any]]) -> None:
    sessions: dict[int, list[Session]] = defaultdict(list)
    schedules: dict[int, list[Any]] = {}
    for schedule_id, resource_id, first, last, since, *session in rows:
        schedules[schedule_id] = [resource_id, first, last, since]
        if session[0] is not None:
            sessions[schedule_id].append(_session(session))
    for schedule_id, (resource_id, first, last, since) in schedules.items():
        known.patterns[resource_id].append(
            Pattern(
                known.zone,
                date.fromisoformat(first),
                date.fromisoformat(last) if last else None,
                tuple(sessions[schedule_id]),
                date.fromisoformat(since),
            )
        )


def _session(row: list[Any]) -> Session:
    number, kind, weekday, start, end, minutes, tokens, types, label, *recurs = row
    every, nth = recurs
    return Session(
        kind=Offered(kind),
        weekday=weekday,
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        slot_minutes=minutes,
        tokens=tokens,
        types=frozenset(types),
        label=label,
        source=Source(Origin.AVAILABILITY, number),
        every_weeks=every,
        nth=frozenset(nth),
    )


def _span(start: str, end: str) -> Span:
    return Span(datetime.fromisoformat(start), datetime.fromisoformat(end))


# The length of the array is hidden from the planner, as `core.constant.any_of` says.
_ALL = Constant(
    text(
        """
SELECT
  CAST((SELECT json_agg(json_build_array(
     s.id, s.resource_id, s.valid_from, s.valid_till, s.weeks_from,
     a.id, a.kind, a.weekday,
     a.start_time, a.end_time, a.slot_minutes, a.tokens_per_slot, a.types, a.label,
     a.every_weeks, a.nth) ORDER BY s.id, a.id)
   FROM schedules s LEFT JOIN availabilities a
     ON a.schedule_id = s.id AND s.valid_from <= :last
        AND (s.valid_till IS NULL OR s.valid_till >= :first)
   WHERE s.facility_id = :facility
     AND (s.resource_id = ANY(CAST((SELECT :ids) AS bigint[]))
          OR s.resource_id IS NULL)) AS text) AS sessions,
  CAST((SELECT json_agg(json_build_array(
     e.resource_id, e.id, e.is_available, e.kind, lower(e.during), upper(e.during),
     e.slot_minutes, e.tokens_per_slot, e.reason) ORDER BY e.id)
   FROM availability_exceptions e
   WHERE e.revoked_at IS NULL AND e.during && tstzrange(:start, :end)
     AND (e.resource_id = ANY(CAST((SELECT :ids) AS bigint[]))
          OR e.resource_id IS NULL)
     AND (e.facility_id = :facility OR e.facility_id IS NULL)) AS text) AS exceptions,
  CAST((SELECT json_agg(json_build_array(
     m.resource_id, lower(m.during), upper(m.during), m.reason) ORDER BY m.id)
   FROM maintenances m
   WHERE m.revoked_at IS NULL AND m.during && tstzrange(:start, :end)
     AND m.resource_id = ANY(CAST((SELECT :ids) AS bigint[]))) AS text) AS repairs
"""
    )
)
