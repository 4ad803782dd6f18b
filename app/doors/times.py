"""Times as people read them: in the facility's zone, 24 hours, Latin digits."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.core.spans import Span

# Not strftime: its names follow the server's locale, these follow the product's.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as 09:05."""
    return moment.astimezone(zone).strftime("%H:%M")


def told(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as 09:05, and in an hour the clocks show twice as 01:30 BST."""
    local = moment.astimezone(zone)
    shown = clock(moment, zone)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return shown
    return f"{shown} {local.tzname()}"


def between(span: Span, zone: ZoneInfo) -> str:
    """Write a span as its start and end, parted by an en dash."""
    return f"{told(span.start, zone)}–{told(span.end, zone)}"  # noqa: RUF001 - an en dash parts times


def short_day(day: date) -> str:
    """Write a day as Tue 24 Nov."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def full_day(day: date) -> str:
    """Write a day as Tuesday 24 Nov 2026."""
    return f"{_LONG_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment(when: datetime, zone: ZoneInfo) -> str:
    """Write a moment with its day, as Tue 24 Nov, 14:30."""
    return f"{short_day(when.astimezone(zone).date())}, {told(when, zone)}"
