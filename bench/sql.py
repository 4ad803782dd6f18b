"""The statements of the floors: the rows of each act, in SQL as short as it goes."""

USER = """
SELECT u.id, u.name, r.role FROM api_tokens t
JOIN users u ON u.id = t.user_id LEFT JOIN role_assignments r ON r.user_id = u.id
WHERE t.hash = %(hash)s AND t.revoked_at IS NULL
"""
ONCE = """
INSERT INTO idempotency_keys (actor, key, fingerprint, outcome, created_at)
VALUES (%(actor)s, %(key)s, %(fingerprint)s, %(outcome)s, %(now)s)
"""
BOOKABLE = """
SELECT f.id AS facility, f.zone, r.id AS resource, p.token_prefix AS prefix,
       t.id AS type, t.minutes
FROM facilities f JOIN posts p ON p.facility_id = f.id
JOIN resources r ON r.id = p.resource_id JOIN appointment_types t ON true
WHERE f.public_id = %(facility_id)s AND r.public_id = %(resource_id)s
  AND t.public_id = %(type_id)s
"""
PLACE = """
SELECT f.id AS facility, f.zone, r.id AS resource, r.name, p.token_prefix
FROM facilities f JOIN posts p ON p.facility_id = f.id
JOIN resources r ON r.id = p.resource_id
WHERE f.public_id = %(facility)s AND r.public_id = %(resource)s
"""
SESSIONS = """
SELECT s.valid_from, s.valid_till, a.* FROM schedules s
LEFT JOIN availabilities a ON a.schedule_id = s.id
WHERE s.facility_id = %(facility)s
  AND (s.resource_id = %(resource)s OR s.resource_id IS NULL)
"""
EXCEPTIONS = """
SELECT * FROM availability_exceptions e
WHERE e.revoked_at IS NULL AND e.during && tstzrange(%(start)s, %(end)s)
  AND (e.resource_id = %(resource)s OR e.resource_id IS NULL)
  AND (e.facility_id = %(facility)s OR e.facility_id IS NULL)
"""
REPAIRS = """
SELECT * FROM maintenances m
WHERE m.revoked_at IS NULL AND m.during && tstzrange(%(start)s, %(end)s)
  AND m.resource_id = %(resource)s
"""
RULES = """
SELECT kind, settings FROM rule_settings
WHERE active AND (facility_id = %(facility)s OR facility_id IS NULL)
"""
SERVING = """
SELECT r.id, r.public_id, r.kind, r.capabilities, r.capacity, r.buffer_before_minutes,
       r.buffer_after_minutes, f.id AS facility, f.zone
FROM facilities f JOIN posts p ON p.facility_id = f.id
JOIN resources r ON r.id = p.resource_id
WHERE f.public_id = %(facility)s AND r.active
"""
SETS_HOURS = """
SELECT s.resource_id, s.valid_from, s.valid_till, a.* FROM schedules s
LEFT JOIN availabilities a ON a.schedule_id = s.id
WHERE s.facility_id = %(facility)s
  AND (s.resource_id = ANY(%(resources)s) OR s.resource_id IS NULL)
"""
SETS_LEAVE = """
SELECT * FROM availability_exceptions e
WHERE e.revoked_at IS NULL AND e.during && tstzrange(%(start)s, %(end)s)
  AND (e.resource_id = ANY(%(resources)s) OR e.resource_id IS NULL)
  AND (e.facility_id = %(facility)s OR e.facility_id IS NULL)
"""
SETS_REPAIRS = """
SELECT * FROM maintenances m
WHERE m.revoked_at IS NULL AND m.during && tstzrange(%(start)s, %(end)s)
  AND m.resource_id = ANY(%(resources)s)
"""
SETS_CLAIMS = """
SELECT resource_id, claimed, exclusive FROM booking_resources
WHERE resource_id = ANY(%(resources)s) AND active AND current
  AND lower(during) BETWEEN %(start)s AND %(end)s
"""
PATIENT = "SELECT id, name FROM patients WHERE public_id = %(patient_id)s"
TAKE = """
UPDATE token_slots SET taken = taken + 1
WHERE resource_id = %(resource)s AND facility_id = %(facility)s
  AND during = %(during)s AND taken < capacity
RETURNING id
"""
MAKE_SLOT = """
INSERT INTO token_slots
  (resource_id, facility_id, during, capacity, taken, availability_id)
SELECT %(resource)s, %(facility)s, %(during)s, %(tokens)s, 1, a.id
FROM schedules s JOIN availabilities a ON a.schedule_id = s.id
WHERE s.resource_id = %(resource)s AND a.kind = 'tokens' LIMIT 1
ON CONFLICT (resource_id, facility_id, during)
DO UPDATE SET taken = token_slots.taken + 1
RETURNING id, taken
"""
CLAIM = """
INSERT INTO booking_resources
  (appointment_id, token_slot_id, resource_id, unit, during, claimed, active, current,
   exclusive, overridden, how, assigned_by, assigned_at)
VALUES (%(appointment)s, %(slot)s, %(resource)s, 1, %(during)s, %(during)s, true, true,
        true, false, 'manual', %(actor)s, %(now)s)
"""
DRAW = """
WITH series AS (
  INSERT INTO token_series (facility_id, resource_id, day, prefix, last)
  VALUES (%(facility)s, %(resource)s, %(day)s, coalesce(%(prefix)s, ''), 1)
  ON CONFLICT (facility_id, resource_id, day)
  DO UPDATE SET last = token_series.last + 1 RETURNING id, last)
INSERT INTO tokens (series_id, number) SELECT id, last FROM series RETURNING id, number
"""
BOOK = """
WITH made AS (
  INSERT INTO appointments
    (public_id, reference, facility_id, resource_id, kind, type_id, status, during,
     token_slot_id, channel, booked_by, booked_by_name, booked_at)
  VALUES (%(outcome)s, %(reference)s, %(facility)s, %(resource)s, %(kind)s, %(type)s,
          'scheduled', %(during)s, %(slot)s, 'bench', %(actor)s, %(actor_name)s,
          %(now)s) RETURNING id)
INSERT INTO participants (appointment_id, patient_id, status, token_id)
SELECT id, %(patient)s, 'scheduled', %(token)s FROM made RETURNING appointment_id AS id
"""
LOAD = """
INSERT INTO daily_loads (resource_id, facility_id, day, type_id, used)
VALUES (%(resource)s, %(facility)s, %(day)s, 0, 1),
       (%(resource)s, %(facility)s, %(day)s, %(type)s, 1)
ON CONFLICT (resource_id, facility_id, day, type_id)
DO UPDATE SET used = daily_loads.used + 1
"""
TRAIL = """
INSERT INTO audit_events
  (at, actor, actor_name, action, object_kind, object_id, facility_id, after)
VALUES (%(now)s, %(actor)s, %(actor_name)s, 'appointment.booked', 'appointment',
        %(outcome)s::text, %(facility)s, %(after)s)
"""
# To the patient, and to the reception, as no doctor here is a user.
TOLD = """
INSERT INTO messages (public_id, facility_id, appointment_id, patient_id, role, kind,
                      data, channel, status, dedup_key, created_at, due_at)
SELECT gen_random_uuid(), %(facility)s, %(outcome)s, t.patient, t.role, 'booked',
       %(after)s, t.channel, 'queued',
       format('%%s:1:booked:%%s', %(outcome)s::text, t.key), %(now)s, t.due
FROM (VALUES
  (%(patient)s::bigint, NULL, 'undecided', format('patient:%%s', %(patient)s::text),
   %(now)s::timestamptz),
  (NULL, 'reception', 'in_app', 'role:reception', NULL)
) AS t (patient, role, channel, key, due)
"""
CLAIMED = """
SELECT id, unit, claimed FROM booking_resources
WHERE resource_id = %(resource)s AND active AND exclusive AND claimed && %(during)s
"""
CLAIMS = """
SELECT during, claimed, exclusive, overridden, token_slot_id FROM booking_resources
WHERE resource_id = %(resource)s AND active AND current
  AND lower(during) BETWEEN %(start)s AND %(end)s
"""
SLOTS = """
SELECT during, capacity, allowance, taken FROM token_slots
WHERE resource_id = %(resource)s AND facility_id = %(facility)s
  AND during >= tstzrange(%(start)s, %(end)s) AND during < tstzrange(%(end)s, NULL)
"""
LOADS = """
SELECT day, type_id, used FROM daily_loads
WHERE resource_id = %(resource)s AND facility_id = %(facility)s
  AND day BETWEEN %(first)s AND %(last)s
"""
# As the product does: a page is chosen first, and what belongs to it read of it alone;
# PostgreSQL writes the JSON, which is far faster than to make rows of it in Python.
LIST = """
SELECT coalesce(json_agg(l), '[]')::text AS page FROM (
  SELECT a.public_id, a.reference, a.kind, a.status, lower(a.during) AS starts_at,
         upper(a.during) AS ends_at, a.note, a.cancel_reason, a.channel,
         a.booked_by_name, a.booked_at, a.revision, a.priority,
         (SELECT name FROM resources WHERE id = a.resource_id) AS resource,
         (SELECT name FROM appointment_types WHERE id = a.type_id) AS type,
         (SELECT json_agg(json_build_array(
            p.status, p.arrived_at, n.public_id, n.name, n.phone, k.number,
            (SELECT prefix FROM token_series WHERE id = k.series_id)))
          FROM participants p JOIN patients n ON n.id = p.patient_id
          LEFT JOIN tokens k ON k.id = p.token_id
          WHERE p.appointment_id = a.id) AS people,
         (SELECT json_agg(json_build_array(c.resource_id, c.during, c.how))
          FROM booking_resources c
          WHERE c.appointment_id = a.id AND c.current) AS resources
  FROM appointments a
  WHERE a.facility_id = (SELECT id FROM facilities WHERE public_id = %(facility)s)
    AND lower(a.during) >= %(start)s AND lower(a.during) < %(end)s
  ORDER BY lower(a.during), a.public_id LIMIT %(limit)s) AS l
"""
