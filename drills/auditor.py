"""
The auditor: reads the database alone, in SQL of its own, and counts what must not be.

It shares no line with the app, so that both cannot be wrong in the same way. Whoever
audits must let all writers end first.
"""

from collections.abc import Mapping
from typing import Any

import psycopg

from drills import audited_leave

Connection = psycopg.Connection[tuple[Any, ...]]

# Views of this connection alone; they go with it.
_VIEWS = (
    # Who takes a place, by the published table of moves (docs/states.md); a token that
    # was a no-show keeps its place in its slot and in the day's count.
    """
      CREATE OR REPLACE TEMP VIEW stand AS
      SELECT a.*,
        a.status NOT IN ('cancelled', 'denied', 'expired', 'no_show') AS takes,
        a.status NOT IN ('cancelled', 'denied', 'expired') AS counts
      FROM appointments a
    """,
    # What is taken, told by the bookings and not by the flags of their claims.
    """
      CREATE OR REPLACE TEMP VIEW taken AS
      SELECT b.id, b.resource_id, b.unit, b.claimed
      FROM booking_resources b JOIN resources r ON r.id = b.resource_id
      WHERE b.current AND NOT b.overridden AND r.exclusive AND (
        EXISTS (SELECT FROM stand a WHERE a.id = b.appointment_id AND a.takes)
        OR EXISTS (
          SELECT FROM stand a WHERE a.token_slot_id = b.token_slot_id AND a.counts))
    """,
    """
      CREATE OR REPLACE TEMP VIEW slots AS
      SELECT t.*, (
        SELECT count(*) FROM stand a WHERE a.token_slot_id = t.id AND a.counts) AS live
      FROM token_slots t
    """,
    *audited_leave.VIEWS,
)

FAULTS: Mapping[str, str] = {
    "overlaps": """
      SELECT one.resource_id, one.id, two.id FROM taken one JOIN taken two
      ON two.resource_id = one.resource_id AND two.unit = one.unit
      AND two.id > one.id AND two.claimed && one.claimed
    """,
    # The most that run at once, run at the start of one of them.
    "over capacity": """
      SELECT one.resource_id, lower(one.claimed)::text, count(*)
      FROM taken one JOIN taken two
      ON two.resource_id = one.resource_id AND two.claimed @> lower(one.claimed)
      JOIN resources r ON r.id = one.resource_id
      GROUP BY one.id, one.resource_id, one.claimed, r.capacity
      HAVING count(*) > r.capacity
      UNION ALL
      SELECT resource_id, 'slot ' || id, live FROM slots
      WHERE live > capacity + allowance
    """,
    "duplicate numbers": """
      SELECT 'given twice', series_id, number, count(*) FROM tokens
      GROUP BY series_id, number HAVING count(*) > 1
      UNION ALL
      SELECT 'to two people', token_id, 0, count(*) FROM participants
      WHERE token_id IS NOT NULL GROUP BY token_id HAVING count(*) > 1
      UNION ALL
      SELECT 'to be given again', s.id, s.last, max(t.number)
      FROM token_series s JOIN tokens t ON t.series_id = s.id
      GROUP BY s.id, s.last HAVING max(t.number) > s.last
    """,
    "not one patient": """
      SELECT a.id, count(p.id), count(p.token_id) FROM appointments a
      LEFT JOIN participants p ON p.appointment_id = a.id
      WHERE a.kind = 'token' AND a.status = 'scheduled'
      GROUP BY a.id HAVING count(p.id) <> 1 OR count(p.token_id) <> 1
    """,
    "orphan claims": """
      SELECT b.id, a.id, a.status FROM booking_resources b
      JOIN stand a ON a.id = b.appointment_id
      WHERE b.active AND NOT (b.current AND a.takes)
      UNION ALL
      SELECT b.id, b.token_slot_id, 'slot' FROM booking_resources b
      WHERE b.active AND b.token_slot_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM stand a WHERE a.token_slot_id = b.token_slot_id AND a.counts)
    """,
    "places not held": """
      SELECT a.id, a.status FROM stand a
      WHERE a.kind = 'timed' AND a.takes AND NOT EXISTS (
        SELECT FROM booking_resources b WHERE b.appointment_id = a.id AND b.active)
      UNION ALL
      SELECT b.appointment_id, a.status FROM booking_resources b
      JOIN stand a ON a.id = b.appointment_id
      WHERE b.current AND NOT b.active AND a.takes
      UNION ALL
      SELECT s.id, 'slot' FROM slots s JOIN resources r ON r.id = s.resource_id
      WHERE s.live > 0 AND s.closed_at IS NULL AND r.capacity <> (
        SELECT count(*) FROM booking_resources b
        WHERE b.token_slot_id = s.id AND b.active)
      UNION ALL
      -- Over a closed slot stands what closed it; of its own only visits that are over.
      SELECT s.id, 'closed over ' || a.status FROM slots s
      JOIN stand a ON a.token_slot_id = s.id
      WHERE s.closed_at IS NOT NULL AND a.takes AND a.status <> 'completed'
    """,
    "wrong counters": """
      WITH counted AS (
        SELECT a.resource_id, a.facility_id, each.type_id,
          (lower(a.during) AT TIME ZONE f.zone)::date AS day, count(*) AS live
        FROM stand a JOIN facilities f ON f.id = a.facility_id
        CROSS JOIN LATERAL (VALUES (0::bigint), (a.type_id)) AS each (type_id)
        WHERE a.counts GROUP BY 1, 2, 3, 4
      )
      SELECT 'slot', id, taken, live FROM slots WHERE taken <> live
      UNION ALL
      SELECT 'load', l.id, l.used, c.live FROM daily_loads l
      FULL JOIN counted c USING (resource_id, facility_id, type_id, day)
      WHERE coalesce(l.used, 0) <> coalesce(c.live, 0)
    """,
    # Beside others only with leave and for a reason, and only while the place is full.
    "overrides without leave": """
      SELECT b.id, 'nobody approved it' FROM booking_resources b
      WHERE b.active AND b.overridden AND (
        b.override_by IS NULL OR b.override_reason IS NULL OR NOT EXISTS (
          SELECT FROM resource_conflicts c
          WHERE b.appointment_id IN (c.appointment1_id, c.appointment2_id)
          AND c.resource_id = b.resource_id AND c.during && b.claimed
          AND c.type = 'DOUBLE_BOOKING' AND c.status = 'OVERRIDE_APPROVED'))
      UNION ALL
      SELECT b.id, 'it would fit' FROM booking_resources b
      JOIN resources r ON r.id = b.resource_id
      WHERE b.active AND b.overridden AND r.capacity > ALL (
        SELECT (SELECT count(*) FROM taken two
          WHERE two.resource_id = b.resource_id
          AND two.claimed @> greatest(lower(one.claimed), lower(b.claimed)))
        FROM taken one
        WHERE one.resource_id = b.resource_id AND one.claimed && b.claimed)
    """,
    "lost offers": """
      SELECT e.id, e.status FROM waitlist_entries e
      WHERE (e.status = 'offered') <> EXISTS (
        SELECT FROM offers o WHERE o.entry_id = e.id AND o.status = 'open')
    """,
    **audited_leave.FAULTS,
}


def audit(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Give what is wrong of each kind; every list must be empty."""
    for view in _VIEWS:
        connection.execute(view)
    return {name: connection.execute(sql).fetchall() for name, sql in FAULTS.items()}
