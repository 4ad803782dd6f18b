"""A visit as an iCalendar file (RFC 5545), which names no patient."""

from datetime import UTC, datetime

from app.booking.views import AppointmentView

_LONGEST = 75


def of(told: AppointmentView, *, now: datetime) -> str:
    """Write one visit as a calendar of one event; a change of it has the same UID."""
    place = told.facility
    where = ", ".join(filter(None, (told.resource.place, place.name, place.address)))
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Baari//Online booking//EN",
        "BEGIN:VEVENT",
        f"UID:{told.id}@baari",
        f"SEQUENCE:{told.revision - 1}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(told.span.start)}",
        f"DTEND:{_moment(told.span.end)}",
        f"SUMMARY:{_text(f'{told.resource.name}, {place.name}')}",
        f"LOCATION:{_text(where)}",
        f"DESCRIPTION:{_text(' '.join(filter(None, (told.token, told.reference))))}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(written: str) -> str:
    for char in "\\;,":
        written = written.replace(char, f"\\{char}")
    return written.replace("\n", "\\n")


def _fold(line: str) -> str:
    """Break a line into pieces of 75 octets at the most, within no character."""
    pieces, piece = [], ""
    for char in line:
        if len(f"{piece}{char}".encode()) > _LONGEST:
            pieces.append(piece)
            piece = " "
        piece += char
    return "\r\n".join([*pieces, piece])
