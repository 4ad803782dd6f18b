"""How long people waited, and how that compares with what they were told."""

from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.booking.measuring import Where
from app.core.db import db


class Waited(Struct, frozen=True):
    """
    Waits in seconds, from being here to the first call, and the estimates beside them.

    Of `told`, so many were called sooner than the range they were told, within it, or
    later; `off` is how far from its middle it usually was.
    """

    number: int = 0
    p50: float = 0
    p90: float = 0
    told: int = 0
    sooner: int = 0
    within: int = 0
    later: int = 0
    off: float | None = None


# By hour, resource or walk_in, and its value; the whole is by "".
Split = dict[str, dict[int, Waited]]


def waits(where: Where) -> Split:
    """Measure the waits that began in a window, in one statement."""
    found: Split = {}
    for row in db.session.execute(_WAITS, where.params).mappings():
        told = dict(row)
        by, value = told.pop("by"), told.pop("value")
        found.setdefault(by, {})[value or 0] = Waited(**told)
    return found


_WAITS: Any = text("""
SELECT CASE WHEN grouping(hour) = 0 THEN 'hour'
            WHEN grouping(resource_id) = 0 THEN 'resource'
            WHEN grouping(walk_in) = 0 THEN 'walk_in' ELSE '' END AS by,
    coalesce(hour, resource_id, walk_in) AS value,
    count(*) AS number,
    coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY waited), 0) AS p50,
    coalesce(percentile_cont(0.9) WITHIN GROUP (ORDER BY waited), 0) AS p90,
    count(came) AS told,
    count(*) FILTER (WHERE came < low) AS sooner,
    count(*) FILTER (WHERE came BETWEEN low AND high) AS within,
    count(*) FILTER (WHERE came > high) AS later,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(came - (low + high) / 2.0)) AS off
FROM (
    SELECT extract(hour FROM h.here AT TIME ZONE :zone)::int AS hour,
        q.resource_id, e.walk_in::int AS walk_in,
        greatest(0, extract(epoch FROM h.called - h.here))::float AS waited,
        extract(epoch FROM h.called - e.told_at)::float AS came,
        e.told_low_s AS low, e.told_high_s AS high
    FROM queues q
    JOIN queue_entries e ON e.queue_id = q.id
    JOIN encounters v ON v.id = e.encounter_id
    CROSS JOIN LATERAL (
        SELECT coalesce(e.present_at, e.arrived_at),
            least(e.first_called_at, v.started_at)) AS h (here, called)
    WHERE q.facility_id = :facility AND q.resource_id = ANY (:resources)
        AND q.day >= (:start AT TIME ZONE :zone)::date - 1
        AND q.day <= (:end AT TIME ZONE :zone)::date
        AND h.here >= :start AND h.here < :end AND h.called IS NOT NULL) AS entries
GROUP BY GROUPING SETS ((hour), (resource_id), (walk_in), ())
""").bindparams(bindparam("resources", type_=ARRAY(BigInteger)))
