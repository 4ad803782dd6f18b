"""The trail in words: what was done, to what, and what it changed from and to."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.audit.views import Line
from app.core.spans import Span
from app.doors import times
from app.doors.words import PASSED, STATUSES

KINDS: Mapping[str, str] = {
    "appointment": "Visit",
    "api_token": "API token",
    "appointment_type": "Appointment type",
    "cascade": "Leave or maintenance",
    "conflict": "Conflict",
    "counter": "Counter",
    "delegation": "Delegation",
    "department": "Department",
    "displacement": "Displacement",
    "exception": "Exception",
    "facility": "Facility",
    "import": "Import",
    "maintenance": "Maintenance",
    "message_text": "Text of a message",
    "otp_challenge": "Code by phone",
    "patient": "Patient",
    "patient_device": "Remembered browser",
    "procedure": "Procedure",
    "queue": "Queue",
    "queue_entry": "Place in a queue",
    "queue_level": "Priority level",
    "queue_policy": "Queue policy",
    "rebooking": "Rebooking",
    "resource": "Resource",
    "role": "Role",
    "rule": "Rule",
    "schedule": "Schedule",
    "series": "Series",
    "slot": "Token slot",
    "user": "User",
    "waitlist_entry": "Waitlist entry",
}

_ACTS: Mapping[str, str] = {
    "appointment.scheduled": "Approved",
    "appointment.no_show": "Marked as no-show",
    "appointment.in_progress": "Into the room",
    "appointment.completed": "Done",
    "appointment.hold_extended": "Held longer",
    "appointment.reassigned": "Resources changed",
    "appointment.participant_joined": "Somebody joined",
    "appointment.participant_left": "Somebody left",
    "appointment.prepaid": "Paid before it was booked",
    "appointment.undone": "Taken back",
    "code.compared": "A code was tried",
    "code.sent": "A code was sent",
    "comment.added": "Commented",
    "user.signed_in": "Signed in",
}
_FIELDS: Mapping[str, str] = {
    "during": "Time",
    "resource": "With",
    "hold_expires_at": "Held until",
    "is_available": "Available",
    "mrn": "MRN",
}
_WHY: Mapping[str, str] = {
    "kept": "kept",
    "previous": "used last time",
    "preferred": "preferred by the patient",
    "first": "first by name",
    "picked": "picked by hand",
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


class Change(Struct, frozen=True):
    """A field, and how it read before and after; an empty side said nothing."""

    label: str
    before: str
    after: str


def kind(name: str) -> str:
    """Say what kind of object something is."""
    return KINDS.get(name, _spoken(name))


def act(action: str) -> str:
    """Say what was done: appointment.moved is Moved, rule.added is Rule added."""
    if action in _ACTS:
        return _ACTS[action]
    what, _, done = action.partition(".")
    told = done.replace("_", " ")
    return told.capitalize() if what == "appointment" else f"{_spoken(what)} {told}"


def changes(line: Line, zone: ZoneInfo) -> list[Change]:
    """Tell what differs before and after, in words; times in `zone`."""
    before, after = line.before or {}, line.after or {}
    found = []
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) == after.get(name):
            continue
        was, became = value(before.get(name), zone), value(after.get(name), zone)
        if was != became:
            found.append(Change(_FIELDS.get(name, _spoken(name)), was, became))
    return found


def value(what: Any, zone: ZoneInfo) -> str:
    """Say a value as the trail keeps it."""
    if what in (None, "", [], {}):
        return ""
    if isinstance(what, bool):
        return "yes" if what else "no"
    if isinstance(what, str):
        return _line(what, zone)
    if isinstance(what, list | dict):
        return _several(what, zone)
    return str(what)


def _several(what: list[Any] | dict[str, Any], zone: ZoneInfo) -> str:
    match what:
        case [str() as start, str() as end] if _instant(start) and _instant(end):
            return span(Span(_moment(start), _moment(end)), zone)
        case {"need": _, "resource": _, "why": _}:
            return _choice(dict(what))
        case dict():
            pairs = ((name, value(each, zone)) for name, each in what.items())
            return ", ".join(f"{name} {told}".rstrip() for name, told in pairs)
    return ", ".join(value(each, zone) for each in what)


def why(choice: str) -> str:
    """Say why a resource was chosen."""
    return _WHY.get(choice, choice)


def passed(reason: str) -> str:
    """Say why a resource was not chosen."""
    return PASSED.get(reason, reason)


def span(when: Span, zone: ZoneInfo) -> str:
    """Say a span with its day, and with both if it ends on another."""
    start, end = when.start.astimezone(zone), when.end.astimezone(zone)
    if start.date() == end.date():
        return f"{times.short_day(start.date())}, {times.between(when, zone)}"
    return f"{times.moment(start, zone)} to {times.moment(end, zone)}"


def _choice(choice: Mapping[str, Any]) -> str:
    """Say what was chosen for a need and why, and why nothing else was."""
    need = str(choice["need"]).replace(":", " for ")
    told = f"{choice['resource']} for {need}: {why(choice['why'])}"
    others = choice.get("passed") or {}
    rest = ", ".join(f"{code} {passed(each)}" for code, each in others.items())
    return f"{told} ({rest})" if rest else told


def _line(text: str, zone: ZoneInfo) -> str:
    if _instant(text):
        return times.moment(_moment(text), zone)
    return STATUSES.get(text, text)


def _instant(text: str) -> bool:
    return _INSTANT.match(text) is not None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _spoken(name: str) -> str:
    return name.replace("_", " ").capitalize()
