"""What clients were promised against what the database has of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from drills.auditor import Connection
from drills.notes import Note

Fault = tuple[Any, ...]

_ROWS = """
  SELECT a.public_id::text, a.revision, a.status, lower(a.during), upper(a.during),
    (SELECT min(CASE WHEN s.prefix = '' THEN lpad(t.number::text, 2, '0')
       ELSE s.prefix || '-' || lpad(t.number::text, 2, '0') END)
     FROM participants p JOIN tokens t ON t.id = p.token_id
     JOIN token_series s ON s.id = t.series_id WHERE p.appointment_id = a.id),
    (SELECT coalesce(jsonb_agg(
       jsonb_build_array(r.public_id, lower(b.during), upper(b.during))), '[]')
     FROM booking_resources b JOIN resources r ON r.id = b.resource_id
     WHERE b.appointment_id = a.id AND b.current)
  FROM appointments a
"""
_TRAIL = """
  SELECT object_id, after ->> 'status' FROM audit_events
  WHERE object_kind = 'appointment' AND after ? 'status'
"""


def lost(connection: Connection, notes: Iterable[Note]) -> list[Fault]:
    """
    Give what was acknowledged and is not so: bookings, changes, cancels, waiting.

    An answer is kept if the row has its revision and agrees with it, or has a later
    one and the trail tells that it stood so before.
    """
    noted = list(notes)
    rows = {row[0]: row for row in connection.execute(_ROWS)}
    trail = defaultdict(set)
    for which, status in connection.execute(_TRAIL):
        trail[which].add(status)
    found = list(_appointments(noted, rows, trail))
    found += _waiting(connection, noted)
    return found + list(_twice(noted))


def _appointments(
    noted: Iterable[Note], rows: dict[str, Fault], trail: dict[str, set[str]]
) -> Iterator[Fault]:
    for note in noted:
        told = note.appointment
        if not told:
            continue
        row = rows.get(told["id"])
        if row is None:
            yield note.act, told["id"], "no such row"
        elif row[1] < told["revision"]:
            yield note.act, told["id"], f"revision {row[1]} after {told['revision']}"
        elif "status" in told and told["status"] not in trail[told["id"]]:
            yield note.act, told["id"], f"the trail never tells {told['status']}"
        elif row[1] == told["revision"] and not _agrees(row, told):
            yield note.act, told["id"], f"stands as {row[2:]}"


def _agrees(row: Fault, told: dict[str, Any]) -> bool:
    _, _, status, start, end, token, places = row
    if _places(places) != _places(told["resources"]):
        return False
    if "status" not in told:
        # A swap was answered, which tells of resources alone.
        return True
    # A hold runs out by itself, which is no revision.
    same = status == told["status"] or (told["status"], status) == ("held", "expired")
    when = (told["starts_at"], told["ends_at"])
    spans = (start, end) == tuple(map(datetime.fromisoformat, when))
    return same and spans and token == told["token"]


def _places(told: Iterable[tuple[str, str, str]]) -> set[tuple[object, ...]]:
    moment = datetime.fromisoformat
    return {(which, moment(start), moment(end)) for which, start, end in told}


def _waiting(connection: Connection, noted: Iterable[Note]) -> list[Fault]:
    there: dict[str, str] = dict(
        connection.execute("SELECT public_id::text, status FROM waitlist_entries")
    )
    good = [note for note in noted if 200 <= note.status < 300 and note.entry]
    joined = [note for note in good if note.act == "join" and note.entry not in there]
    left = [
        note
        for note in good
        if note.act == "leave" and there.get(note.entry) != "withdrawn"
    ]
    return [(note.act, note.entry, "not so") for note in (*joined, *left)]


def _twice(noted: Iterable[Note]) -> Iterator[Fault]:
    """Give the keys under which one order was done more than once."""
    done = defaultdict(set)
    for note in noted:
        if note.key and note.appointment:
            done[note.key].add(note.appointment["id"])
    for key, ids in done.items():
        if len(ids) > 1:
            yield "again", key, sorted(ids)
