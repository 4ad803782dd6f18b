"""What became of bookings, counted: no-shows, how far ahead, tokens, time lost."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.db import db
from app.core.spans import Span

# A place given back later than this before its time is hardly ever taken again.
LATE = timedelta(hours=2)
# Days ahead at which each step of the scale begins; before the first: the same day.
STEPS = (1, 2, 4, 8, 15, 31)


class Where(Struct, frozen=True):
    """Whose bookings are counted, and the span their visits begin in."""

    facility_id: int
    resource_ids: tuple[int, ...]
    window: Span
    zone: ZoneInfo

    @property
    def params(self) -> dict[str, Any]:
        return {
            "facility": self.facility_id,
            "resources": list(self.resource_ids),
            "start": self.window.start,
            "end": self.window.end,
            "zone": self.zone.key,
        }


class Kept(Struct, frozen=True):
    """How many patients came, did not, or had cancelled before."""

    came: int = 0
    missed: int = 0
    cancelled: int = 0

    @property
    def share(self) -> float | None:
        """Give the share of who was expected and did not come."""
        expected = self.came + self.missed
        return self.missed / expected if expected else None


class Ahead(Struct, frozen=True):
    """How many bookings, and the days ahead that half and nine of ten do not pass."""

    number: int = 0
    p50: float = 0
    p90: float = 0


class Given(Struct, frozen=True):
    """Tokens given of slots that begin in an hour, and what became of them."""

    resource_id: int
    hour: int
    given: int
    over: int
    came: int
    missed: int


class Lost(Struct, frozen=True):
    """Minutes that were booked and came to nothing."""

    no_shows: float
    late_cancels: float


# Counts by the name of what they are split by, and its value; the whole is by "".
Split = dict[str, dict[int, Any]]


def came_or_not(where: Where, *, now: datetime) -> Split:
    """
    Count who came, by weekday, hour, resource, type and step ahead; walk-ins apart.

    Only what has begun by `now` is counted.
    """
    rows = db.session.execute(_CAME, where.params | {"now": now})
    return _split(rows, lambda row: Kept(row.came, row.missed, row.cancelled))


def how_far_ahead(where: Where) -> Split:
    """Tell how far ahead visits were booked, by weekday, resource, type and step."""
    rows = db.session.execute(_AHEAD, where.params)
    return _split(rows, lambda row: Ahead(row.number, row.p50, row.p90))


def tokens_given(where: Where) -> list[Given]:
    """Count the tokens given, by resource and hour of the slot."""
    return [
        Given(**row) for row in db.session.execute(_TOKENS, where.params).mappings()
    ]


def lost(where: Where) -> Lost:
    """Add up the minutes lost to no-shows, and to cancels later than `LATE`."""
    row = db.session.execute(_LOST, where.params | {"late": LATE}).one()
    return Lost(float(row.no_shows or 0), float(row.late_cancels or 0))


def _split(rows: Iterable[Any], make: Any) -> Split:
    """Sort the rows of grouping sets by the one column that each is grouped by."""
    found: Split = {}
    for row in rows:
        found.setdefault(row.by, {})[row.value or 0] = make(row)
    return found


def _statement(sql: str) -> Any:
    return text(sql).bindparams(bindparam("resources", type_=ARRAY(BigInteger)))


_OURS = """
a.facility_id = :facility AND a.resource_id = ANY (:resources)
    AND lower(a.during) >= :start AND lower(a.during) < :end
"""
_SIDES = f"""
extract(isodow FROM lower(a.during) AT TIME ZONE :zone)::int - 1 AS weekday,
    extract(hour FROM lower(a.during) AT TIME ZONE :zone)::int AS hour,
    a.resource_id, a.type_id,
    greatest(0, (lower(a.during) AT TIME ZONE :zone)::date
                - (a.booked_at AT TIME ZONE :zone)::date) AS days,
    width_bucket((lower(a.during) AT TIME ZONE :zone)::date
                 - (a.booked_at AT TIME ZONE :zone)::date,
                 ARRAY{list(STEPS)}) AS step
"""
_BY = """
CASE WHEN grouping(weekday) = 0 THEN 'weekday' WHEN grouping(hour) = 0 THEN 'hour'
    WHEN grouping(resource_id) = 0 THEN 'resource'
    WHEN grouping(type_id) = 0 THEN 'type' WHEN grouping(step) = 0 THEN 'step'
    ELSE '' END AS by,
    coalesce(weekday, hour, resource_id, type_id, step) AS value
"""
_SETS = "GROUPING SETS ((weekday), (hour), (resource_id), (type_id), (step), ())"

_CAME = _statement(f"""
SELECT {_BY},
    count(*) FILTER (
        WHERE status IN ('checked_in', 'in_progress', 'completed')) AS came,
    count(*) FILTER (WHERE status = 'no_show') AS missed,
    count(*) FILTER (WHERE status = 'cancelled') AS cancelled
FROM (SELECT {_SIDES}, p.status
      FROM appointments a JOIN participants p ON p.appointment_id = a.id
      WHERE {_OURS} AND lower(a.during) <= :now AND a.kind <> 'walk_in') AS visits
GROUP BY {_SETS}
""")  # noqa: S608 - made of constants
_AHEAD = _statement(f"""
SELECT {_BY}, count(*) AS number,
    coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY days), 0) AS p50,
    coalesce(percentile_cont(0.9) WITHIN GROUP (ORDER BY days), 0) AS p90
FROM (SELECT {_SIDES} FROM appointments a
      WHERE {_OURS} AND a.kind <> 'walk_in' AND a.channel <> 'import'
          AND a.status NOT IN ('held', 'expired', 'denied')) AS visits
GROUP BY {_SETS}
""")  # noqa: S608 - made of constants
_TOKENS = _statement("""
SELECT s.resource_id,
    extract(hour FROM lower(s.during) AT TIME ZONE :zone)::int AS hour,
    sum(s.taken)::int AS given, sum(greatest(s.taken - s.capacity, 0))::int AS over,
    coalesce(sum(v.came), 0)::int AS came, coalesce(sum(v.missed), 0)::int AS missed
FROM token_slots s
LEFT JOIN LATERAL (
    SELECT
        count(*) FILTER (
            WHERE p.status IN ('checked_in', 'in_progress', 'completed')) AS came,
        count(*) FILTER (WHERE p.status = 'no_show') AS missed
    FROM appointments a JOIN participants p ON p.appointment_id = a.id
    WHERE a.token_slot_id = s.id) AS v ON true
WHERE s.facility_id = :facility AND s.resource_id = ANY (:resources)
    AND lower(s.during) >= :start AND lower(s.during) < :end
GROUP BY 1, 2
""")
_LOST = _statement(f"""
SELECT sum(minutes) FILTER (WHERE status = 'no_show') AS no_shows,
    sum(minutes) FILTER (WHERE gone_at > starts_at - :late) AS late_cancels
FROM (SELECT a.status, lower(a.during) AS starts_at,
          extract(epoch FROM upper(a.during) - lower(a.during)) / 60
              / coalesce(s.capacity, 1) AS minutes,
          (SELECT max(m.at) FROM status_moves m
           WHERE m.appointment_id = a.id AND a.status = 'cancelled'
               AND m.became = 'cancelled') AS gone_at
      FROM appointments a LEFT JOIN token_slots s ON s.id = a.token_slot_id
      WHERE {_OURS} AND a.status IN ('no_show', 'cancelled')) AS gone
""")  # noqa: S608 - made of constants
