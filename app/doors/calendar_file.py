"""A visit as a file for the calendar of a phone, by RFC 5545."""

from datetime import UTC, datetime

from msgspec import Struct

from app.core.spans import Span

MIME = "text/calendar; charset=utf-8"
_LONGEST = 75


class Event(Struct, frozen=True):
    """
    A visit: `uid` stays the same for ever, and `sequence` grows with each change.

    Times are written in UTC, which every calendar shows in its owner's zone.
    """

    uid: str
    sequence: int
    span: Span
    summary: str
    location: str
    url: str
    off: bool = False


def write(event: Event, *, now: datetime) -> str:
    """Write a calendar with one event."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Baari//Visit//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(event.span.start)}",
        f"DTEND:{_moment(event.span.end)}",
        f"SUMMARY:{_text(event.summary)}",
        f"LOCATION:{_text(event.location)}",
        f"URL:{event.url}",
        f"STATUS:{'CANCELLED' if event.off else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(told: str) -> str:
    for sign in ("\\", ";", ","):
        told = told.replace(sign, f"\\{sign}")
    return " ".join(told.splitlines())


def _folded(line: str) -> str:
    """Break a line after 75 octets at most, and within no character."""
    parts, part, length = [], "", 0
    for char in line:
        size = len(char.encode())
        if length + size > _LONGEST:
            parts.append(part)
            # The space that begins the next line counts too.
            part, length = "", 1
        part, length = part + char, length + size
    return "\r\n ".join([*parts, part])
