"""Millions of appointments of earlier years, written by SQL, and what they slow."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from app.core.settings import Settings
from bench.hospital import SLOT_MINUTES, SLOTS, TOKENS, TOKENS_FROM, Hospital
from bench.measures import Measure
from bench.report import SHORT, Row, aligned

MOST_SLOWER = 1.2
_TABLES = (
    "token_slots",
    "booking_resources",
    "appointments",
    "token_series",
    "tokens",
    "participants",
    "daily_loads",
    "audit_events",
    "messages",
)

Connection = psycopg.Connection[tuple[str, ...]]


def load(settings: Settings, hospital: Hospital, number: int) -> None:
    """
    Fill the days before today with so many appointments, or a few more.

    Every slot of every doctor is full, as far back as it takes, with its claim, its
    numbers, people and counts, and with what the booking of each left in the trail and
    in messages. Triggers and indexes are left out while the rows are written; making
    the indexes again proves that the rows keep the rules.
    """
    url = (settings.database_url or "").replace("+psycopg", "", 1)
    named = {
        "facility": hospital.facility.public_id,
        "doctors": [each.id for each in hospital.doctors],
        "first_day": hospital.first_day,
        "days": -(-number // (len(hospital.doctors) * SLOTS * TOKENS)),
        "slots": SLOTS,
        "tokens": TOKENS,
        "minutes": SLOT_MINUTES,
        "opens": TOKENS_FROM,
        "zone": hospital.facility.zone.key,
    }
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET maintenance_work_mem = '512MB'")
        db.execute("SET session_replication_role = replica")
        with _without_indexes(db):
            for statement in _STEPS:
                db.execute(statement, named)
            _count_on(db)
        db.execute(f"VACUUM ANALYZE {', '.join(_TABLES)}".encode())
        db.execute("CHECKPOINT")


@contextmanager
def _without_indexes(db: Connection) -> Iterator[None]:
    """Drop what each row is sorted into, and make it anew from all rows at the end."""
    kept: list[str] = []
    for found in (_CONSTRAINTS, _INDEXES):
        for drop, add in db.execute(found, [list(_TABLES)]).fetchall():
            db.execute(drop.encode())
            kept.append(add)
    yield
    for add in kept:
        db.execute(add.encode())


def _count_on(db: Connection) -> None:
    """Let the row numbers go on after those that were written by hand."""
    for table in _TABLES:
        last = f"(SELECT max(id) FROM {table})"
        series = f"pg_get_serial_sequence('{table}', 'id')"
        db.execute(f"SELECT setval({series}, {last})".encode())


def slowdown(
    before: Iterable[Row], after: Iterable[Row], measures: Sequence[Measure]
) -> str:
    """
    Tell how many times as long each measure takes as before, and if that is few.

    Each is taken beside the empty view of its own minutes, as a machine drifts.
    """
    named = {each.name for each in measures}
    earlier = {row.name: row.share_of_empty for row in before if row.name in named}
    lines = []
    for row in after:
        was, now = earlier.get(row.name), row.share_of_empty
        if was is not None and now:
            mark = "pass" if was / now <= MOST_SLOWER else SHORT
            told = f"{was / now:.2f} times as long"
            lines.append((mark, row.name, told, f"≤ {MOST_SLOWER}"))
    return aligned(lines)


# Each gives how to drop one, and how to make it again.
_CONSTRAINTS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint c
WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('u', 'x')
  AND NOT EXISTS (
    SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid)
"""
_INDEXES = """
SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index i WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisprimary
  AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = i.indexrelid)
"""

# One row for each slot, with the number that its own rows are counted from.
_PLACES = """
CREATE TEMPORARY TABLE places AS
SELECT row_number() OVER () - 1 AS n, dense_rank() OVER (ORDER BY o.day, p.id) - 1 AS d,
       p.resource_id, p.facility_id, p.token_prefix AS prefix, o.day, o.s,
       tstzrange(o.starts, o.starts + make_interval(mins => %(minutes)s)) AS during,
       (SELECT min(a.id) FROM availabilities a JOIN schedules c ON c.id = a.schedule_id
        WHERE c.resource_id = p.resource_id AND a.kind = 'tokens') AS availability
FROM posts p JOIN facilities f ON f.id = p.facility_id
CROSS JOIN (
  SELECT %(first_day)s::date - n AS day, s,
         (%(first_day)s::date - n + %(opens)s::time
          + s * make_interval(mins => %(minutes)s)) AT TIME ZONE %(zone)s AS starts
  FROM generate_series(2, %(days)s + 1) AS n, generate_series(0, %(slots)s - 1) AS s
) AS o
WHERE f.public_id = %(facility)s AND p.resource_id = ANY(%(doctors)s)
"""
_LAST = """
CREATE TEMPORARY TABLE last AS
SELECT (SELECT coalesce(max(id), 0) + 1 FROM token_slots) AS slot,
       (SELECT coalesce(max(id), 0) + 1 FROM appointments) AS appointment,
       (SELECT coalesce(max(id), 0) + 1 FROM token_series) AS series,
       (SELECT coalesce(max(id), 0) + 1 FROM tokens) AS token,
       (SELECT min(id) FROM patients) AS patient,
       (SELECT count(*) FROM patients) AS patients,
       (SELECT min(id) FROM appointment_types) AS type
"""
_SLOTS = """
INSERT INTO token_slots
  (id, facility_id, resource_id, during, capacity, taken, availability_id)
SELECT slot + n, facility_id, resource_id, during, %(tokens)s, %(tokens)s, availability
FROM places, last
"""
_CLAIMS = """
INSERT INTO booking_resources
  (token_slot_id, resource_id, unit, during, claimed, active, current, exclusive,
   overridden, how, assigned_by, assigned_at)
SELECT slot + n, resource_id, 1, during, during, true, true, true, false, 'manual',
       'system:bench', lower(during) FROM places, last
"""
_SERIES = """
INSERT INTO token_series (id, facility_id, resource_id, day, prefix, last)
SELECT DISTINCT series + d, facility_id, resource_id, day, prefix,
       %(slots)s * %(tokens)s
FROM places, last
"""
_TOKENS = """
INSERT INTO tokens (id, series_id, number)
SELECT token + n * %(tokens)s + t, series + d, s * %(tokens)s + t + 1
FROM places, last, generate_series(0, %(tokens)s - 1) AS t
"""
_APPOINTMENTS = """
INSERT INTO appointments
  (id, public_id, reference, facility_id, resource_id, kind, type_id, status, during,
   token_slot_id, availability_id, channel, booked_by, booked_by_name, booked_at)
SELECT appointment + n * %(tokens)s + t, md5('Z' || n * %(tokens)s + t)::uuid,
       'Z' || to_hex(n * %(tokens)s + t), facility_id, resource_id, 'token', type,
       'completed', during, slot + n, availability, 'bench', 'system:bench', 'Bench',
       lower(during)
FROM places, last, generate_series(0, %(tokens)s - 1) AS t
"""
_PEOPLE = """
INSERT INTO participants (appointment_id, patient_id, status, token_id)
SELECT appointment + n * %(tokens)s + t, patient + (n * %(tokens)s + t) %% patients,
       'completed', token + n * %(tokens)s + t
FROM places, last, generate_series(0, %(tokens)s - 1) AS t
"""
_LOADS = """
INSERT INTO daily_loads (resource_id, facility_id, day, type_id, used)
SELECT DISTINCT resource_id, facility_id, day, counted, %(slots)s * %(tokens)s
FROM places, last, unnest(ARRAY[0, type]) AS counted
"""
# What the booking of each left behind; what came later of it is left out.
_BOOKED = """(
  SELECT md5('Z' || b)::uuid AS id, patient + b %% patients AS patient, facility_id,
         lower(during) AS at,
         jsonb_build_object(
           'reference', 'Z' || to_hex(b), 'type', 'Visit', 'with', 'Dr ' || prefix,
           'starts_at', lower(during), 'ends_at', upper(during),
           'token', prefix || '-' || s * %(tokens)s + t + 1, 'patients', 1,
           'reason', '', 'until', NULL) AS told
  FROM places, last, generate_series(0, %(tokens)s - 1) AS t,
       LATERAL (SELECT n * %(tokens)s + t) AS c (b)
) AS booked"""
_TRAIL = f"""
INSERT INTO audit_events
  (at, actor, actor_name, action, object_kind, object_id, facility_id, after)
SELECT at, 'system:bench', 'Bench', 'appointment.booked', 'appointment', id::text,
       facility_id, told
FROM {_BOOKED}
"""
_TOLD = f"""
INSERT INTO messages (public_id, facility_id, appointment_id, patient_id, role, kind,
                      data, channel, status, dedup_key, created_at, tries)
SELECT gen_random_uuid(), facility_id, id, CASE WHEN role IS NULL THEN patient END,
       role, 'booked', told, channel, status,
       id || ':1:booked:' || coalesce('role:' || role, 'patient:' || patient), at, tries
FROM {_BOOKED}, (VALUES
  (NULL, 'sms', 'sent', 1), ('reception', 'in_app', 'queued', 0)
) AS v (role, channel, status, tries)
"""
_STEPS = (
    *(_PLACES, _LAST, _SLOTS, _CLAIMS, _SERIES),
    *(_TOKENS, _APPOINTMENTS, _PEOPLE, _LOADS),
    *(_TRAIL, _TOLD),
)
