"""Hours in words: weekdays, how a session repeats, what it offers, a week in a line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from app.availability.kinds import Offered
from app.availability.views import NewSession, ScheduleView, SessionView
from app.core.spans import Span
from app.doors import times

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
KINDS: Mapping[Offered, str] = {
    Offered.TOKENS: "Tokens",
    Offered.OPEN: "Open time",
    Offered.BREAK: "Break",
}
_PLACES = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", -1: "last"}
_MANY = 3
# What a month has, for a session on some of its weekdays.
_WEEKS_A_MONTH = 365.25 / 12 / 7


def days_told(found: Iterable[int]) -> str:
    """Name weekdays: those in a row by the first and the last."""
    days = sorted(set(found))
    if len(days) == len(DAYS):
        return "Every day"
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run(each) for each in runs)


def _run(days: Sequence[int]) -> str:
    if len(days) < _MANY:
        return ", ".join(DAYS[day] for day in days)
    return f"{DAYS[days[0]]}–{DAYS[days[-1]]}"  # noqa: RUF001 - an en dash parts days


def repeats_told(every_weeks: int, nth: Sequence[int]) -> str:
    """Say how often: nothing for every week, else every 2 weeks, 1st and 3rd."""
    told = "" if every_weeks == 1 else f"every {every_weeks} weeks"
    if not nth:
        return told
    # The last one comes last.
    places = [_PLACES[n] for n in sorted(set(nth), key=lambda n: (n < 0, n))]
    listed = " and ".join(filter(None, [", ".join(places[:-1]), places[-1]]))
    return ", ".join(filter(None, [f"{listed} of the month", told]))


def hours_told(start: time, end: time) -> str:
    """Write local times with a dash; from midnight to midnight in words."""
    if start == end:
        return (
            f"round the clock from {start:%H:%M}"
            if start != time()
            else "round the clock"
        )
    return f"{start:%H:%M}–{end:%H:%M}"  # noqa: RUF001 - an en dash parts times


def size_told(minutes: int, tokens: int, length: int) -> str:
    """Say how many slots of how many tokens, and how long each is."""
    slots = -(-length // minutes) if minutes else 0
    return f"{slots} × {tokens}, {minutes} min"  # noqa: RUF001 - a times sign


def what_told(session: NewSession) -> str:
    """Say what a session offers, in a few words."""
    if session.kind is Offered.TOKENS:
        return size_told(session.slot_minutes, session.tokens_per_slot, length(session))
    if session.kind is Offered.BREAK:
        return session.label or "Break"
    return session.label or "Open time"


def length(session: NewSession) -> int:
    """Tell the minutes of a session; one that ends at or before its start runs over."""
    start = session.start.hour * 60 + session.start.minute
    end = session.end.hour * 60 + session.end.minute
    return end - start if end > start else end + 24 * 60 - start


def share(session: NewSession) -> float:
    """Tell in which part of all weeks a session is on."""
    on = min(len(session.nth) / _WEEKS_A_MONTH, 1) if session.nth else 1.0
    return on / session.every_weeks


def tokens_a_week(sessions: Iterable[NewSession]) -> float:
    """Give the tokens of an average week."""
    return sum(
        -(-length(each) // each.slot_minutes)
        * each.tokens_per_slot
        * len(each.weekdays)
        * share(each)
        for each in sessions
        if each.kind is Offered.TOKENS
    )


def open_hours_a_week(sessions: Iterable[NewSession]) -> float:
    """Give the hours of open time of an average week."""
    return sum(
        length(each) / 60 * len(each.weekdays) * share(each)
        for each in sessions
        if each.kind is Offered.OPEN
    )


def outline(sessions: Iterable[SessionView]) -> list[tuple[str, str]]:
    """Give a week in few lines: days that are alike together, and their hours."""
    daily: dict[int, list[NewSession]] = defaultdict(list)
    for each in sessions:
        if each.session.kind is not Offered.BREAK:
            daily[each.weekday].append(replace(each.session, weekdays=()))
    alike: dict[tuple[NewSession, ...], list[int]] = defaultdict(list)
    for day, found in sorted(daily.items()):
        alike[tuple(found)].append(day)
    return [
        (days_told(days), "; ".join(_brief(each) for each in found))
        for found, days in alike.items()
    ]


def _brief(session: NewSession) -> str:
    parts = [hours_told(session.start, session.end), KINDS[session.kind].lower()]
    if session.kind is Offered.TOKENS:
        parts[1] = f"{session.tokens_per_slot} tokens per {session.slot_minutes} min"
    repeats = repeats_told(session.every_weeks, session.nth)
    return f"{parts[0]} {parts[1]}" + (f" ({repeats})" if repeats else "")


def dates_told(version: ScheduleView, today: date) -> tuple[str, str]:
    """Say when a version holds, and the look of its chip."""
    first, last = version.valid_from, version.valid_till
    if last is not None and last < first:
        return "replaced before it began", ""
    if first > today:
        return f"from {times.short_day(first)}", "warn"
    if last is not None and last < today:
        return f"ended {times.short_day(last)}", ""
    until = f" till {times.short_day(last)}" if last else ""
    return f"in force{until}", "good"


def span_told(span: Span, zone: ZoneInfo) -> str:
    """Write a span with its day or days; whole days without times."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    first = times.short_day(start.date())
    if start.date() == end.date():
        return f"{first}, {times.between(span, zone)}"
    last = date.fromordinal(end.toordinal() - 1)
    if end.time() == time() and start.time() != time() and last == start.date():
        return f"{first}, {times.told(start, zone)} to midnight"
    if (start.time(), end.time()) == (time(), time()):
        return first if last == start.date() else f"{first} to {times.short_day(last)}"
    return f"{first}, {times.told(start, zone)} to {times.moment(end, zone)}"
