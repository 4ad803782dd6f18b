"""Times as people read them: in the facility's zone, 24 hours, Latin digits."""

from datetime import date, datetime, timedelta
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
_LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
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


def month(day: date) -> str:
    """Write the month of a day as November 2026."""
    return f"{_LONG_MONTHS[day.month - 1]} {day.year}"


def ago(length: timedelta) -> str:
    """Write how long something waits, in its two largest units: 2 h 05 min."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    days, hours = minutes // (24 * 60), minutes % (24 * 60) // 60
    return f"{days} d {hours} h"


def moment(when: datetime, zone: ZoneInfo) -> str:
    """Write a moment with its day, as Tue 24 Nov, 14:30."""
    return f"{short_day(when.astimezone(zone).date())}, {told(when, zone)}"
