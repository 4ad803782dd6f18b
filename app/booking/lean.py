"""What is taken, and which rules hold, in one statement: for listings without names."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field
from sqlalchemy import text

from app.booking.loads import ALL_TYPES
from app.booking.occupancy import Claimed, Occupancy, SlotRow
from app.booking.reach import REACH
from app.booking.ruling import Ruleset, Setting, quiet
from app.core.constant import Constant
from app.core.spans import Span, local_date
from app.directory.views import FacilityView, ResourceView, TypeView


class Taken(Struct):
    """All that keeps a listing from offering a place."""

    occupancy: Occupancy
    rules: Ruleset
    loads: dict[tuple[int, date, int], int] = field(default_factory=dict)


def read(
    facility: FacilityView, ids: Iterable[int], window: Span, *, now: datetime
) -> Taken:
    """Read it around a window; holds that have run out take nothing."""
    row = _ALL.send(
        {
            "facility": facility.id,
            "ids": sorted(set(ids)),
            "start": window.start,
            "end": window.end,
            "near": window.start - REACH,
            "far": window.end + REACH,
            "first": local_date(window.start, facility.zone),
            "last": local_date(window.end, facility.zone),
            "now": now,
        },
    ).one()
    rules = Ruleset(tuple(Setting(*each) for each in row.rules or []))
    taken = Taken(Occupancy(rules=rules), rules)
    for each in row.claims or []:
        claim = _claim(each)
        taken.occupancy.claims[claim.resource_id].append(claim)
    for resource_id, start, end, expired, *counts in row.slots or []:
        taken.occupancy.slots[resource_id, _span(start, end)] = _slot(counts, expired)
    for resource_id, day, type_id, used in row.loads or []:
        taken.loads[resource_id, date.fromisoformat(day), type_id] = used
    for resource_id, type_id, start in row.expired or []:
        day = local_date(datetime.fromisoformat(start), facility.zone)
        for counted in (ALL_TYPES, type_id):
            key = resource_id, day, counted
            taken.loads[key] = taken.loads.get(key, 1) - 1
    return taken


def judged(
    facility: FacilityView,
    resource: ResourceView,
    kind: TypeView | None,
    window: Span,
    *,
    now: datetime,
) -> Taken:
    """
    Read it for places that rules are to judge.

    Where a quiet period holds, once more: as far around as it asks about.
    """
    taken = read(facility, [resource.id], window, now=now)
    far = quiet(taken.rules.of(resource, kind))
    if not far:
        return taken
    return read(facility, [resource.id], window.widen(far, far), now=now)


def _claim(row: list[Any]) -> Claimed:
    resource_id, start, end, first, last, exclusive, overridden, slot_id = row
    return Claimed(
        resource_id=resource_id,
        during=_span(start, end),
        claimed=_span(first, last),
        active=True,
        exclusive=exclusive,
        overridden=overridden,
        slot_id=slot_id,
        booking=None,
    )


def _slot(counts: list[Any], expired: int) -> SlotRow:
    number, capacity, allowance, taken, availability_id, exception_id, closed = counts
    return SlotRow(
        id=number,
        capacity=capacity,
        allowance=allowance,
        taken=max(0, taken - expired),
        availability_id=availability_id,
        exception_id=exception_id,
        closed=closed,
    )


def _span(start: str, end: str) -> Span:
    return Span(datetime.fromisoformat(start), datetime.fromisoformat(end))


# The planner sees neither which resources nor when. Where it did, a plan for those
# looked so much cheaper than one for any that, among many bookings, it planned anew at
# every sending, which takes twice as long as all of the reading.
_IDS = "CAST((SELECT :ids) AS bigint[])"
_NEAR, _FAR, _START, _END = (
    f"(SELECT CAST(:{name} AS timestamptz))" for name in ("near", "far", "start", "end")
)
_ALL = Constant(
    text(
        f"""
SELECT
  (SELECT json_agg(json_build_array(
     b.resource_id, lower(b.during), upper(b.during),
     lower(b.claimed), upper(b.claimed), b.exclusive, b.overridden, b.token_slot_id)
     ORDER BY b.id)
   FROM booking_resources b LEFT JOIN appointments a ON a.id = b.appointment_id
   WHERE b.resource_id = ANY({_IDS}) AND b.active AND b.current
     AND lower(b.during) BETWEEN {_NEAR} AND {_FAR}
     AND b.claimed && tstzrange({_START}, {_END})
     AND NOT coalesce(a.phase = 'held' AND a.hold_expires_at <= :now, false)
     AND NOT coalesce(b.token_slot_id = ANY(ARRAY(
       SELECT t.id FROM token_slots t JOIN (
         SELECT token_slot_id, count(*) AS expired FROM appointments
         WHERE phase = 'held' AND hold_expires_at <= :now GROUP BY token_slot_id
       ) x ON x.token_slot_id = t.id WHERE t.taken <= x.expired)), false)
  ) AS claims,
  (SELECT json_agg(json_build_array(
     t.resource_id, lower(t.during), upper(t.during), coalesce(x.expired, 0),
     t.id, t.capacity, t.allowance, t.taken, t.availability_id, t.exception_id,
     t.closed_at IS NOT NULL))
   FROM token_slots t LEFT JOIN (
     SELECT token_slot_id, count(*) AS expired FROM appointments
     WHERE phase = 'held' AND hold_expires_at <= :now GROUP BY token_slot_id
   ) x ON x.token_slot_id = t.id
   WHERE t.resource_id = ANY({_IDS}) AND t.facility_id = :facility
     AND t.during >= tstzrange({_NEAR}, {_START}) AND t.during < tstzrange({_END}, NULL)
     AND t.during && tstzrange({_START}, {_END})
  ) AS slots,
  (SELECT json_agg(json_build_array(l.resource_id, l.day, l.type_id, l.used))
   FROM daily_loads l
   WHERE l.resource_id = ANY({_IDS}) AND l.facility_id = :facility
     AND l.day BETWEEN :first AND :last
  ) AS loads,
  (SELECT json_agg(json_build_array(h.resource_id, h.type_id, lower(h.during)))
   FROM appointments h
   WHERE h.phase = 'held' AND h.hold_expires_at <= :now
     AND h.resource_id = ANY({_IDS}) AND h.facility_id = :facility
  ) AS expired,
  (SELECT json_agg(json_build_array(
     r.kind, r.settings, r.department_id, r.resource_id, r.type_id)
     ORDER BY r.position, r.id)
   FROM rule_settings r
   WHERE r.active AND (r.facility_id = :facility OR r.facility_id IS NULL)
  ) AS rules
"""  # noqa: S608 - made of constants
    )
)
