"""Words for queues: why somebody stands where they do."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.doors import times
from app.doors.languages import Language
from app.queues.kinds import EntryIs
from app.queues.scoring.facts import Part
from app.queues.views import EntryView
from app.queues.waits import Wait


def why(entry: EntryView) -> list[str]:
    """Say why somebody stands where they do, in a few words for each reason."""
    said = [part(each, entry.zone) for each in entry.parts]
    if entry.boost is not None:
        until = _clock(entry.boost.expires_at, entry.zone)
        minutes = _signed(-entry.boost.minutes)
        said.append(
            f"sent ahead {minutes} until {until} by {entry.boost.by}:"
            f" {entry.boost.reason}"
        )
    return said


def likely(entry: EntryView, now: datetime) -> str:
    """Tell between when and when somebody is likely to be called."""
    if entry.wait is None:
        return ""
    low, high = likely_times(entry, entry.wait, now)
    return low if low == high else f"{low} to {high}"


def waits(
    entry: EntryView, language: Language, now: datetime
) -> tuple[str, str, int] | None:
    """
    Tell patients how many minutes they wait, when they come in, and the most minutes.

    None for who is not in the line, or where nobody can say.
    """
    if not entry.position or entry.wait is None:
        return None
    low, high = whole_minutes(entry.wait)
    minutes = str(low) if low == high else language.say("range", low=low, high=high)
    first, last = likely_times(entry, entry.wait, now)
    how = "at" if first == last else "between"
    return minutes, language.say(how, low=first, high=last), high


def likely_times(entry: EntryView, wait: Wait, now: datetime) -> tuple[str, str]:
    """Give the clock times between which somebody is likely to be called."""
    low, high = (
        times.told(now + timedelta(seconds=seconds), entry.zone)
        for seconds in (wait.low_s, wait.high_s)
    )
    return low, high


def whole_minutes(wait: Wait) -> tuple[int, int]:
    """Give a wait as the range of whole minutes that holds it."""
    return wait.low_s // 60, -(-wait.high_s // 60)


def part(told: Part, zone: ZoneInfo) -> str:
    """Say one reason for a due time in a few words; times are in `zone`."""
    teller = _TELLERS.get(told.kind)
    if teller is None:
        # A scoring from elsewhere brings parts of its own.
        return f"{told.kind.replace('_', ' ')} {_signed(told.minutes)}".strip()
    return teller(told, zone)


def _clock(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else f"{moment.astimezone(zone):%H:%M}"


def _signed(minutes: int) -> str:
    if not minutes:
        return ""
    return f"{'+' if minutes > 0 else '-'}{abs(minutes)} min"


def _need(told: Part, zone: ZoneInfo) -> str:
    del zone
    return f"{NEEDS.get(told.of, told.of)} {_signed(told.minutes)}"


def _after_booked(told: Part, zone: ZoneInfo) -> str:
    del told, zone
    return "after all who are booked"


def _level(told: Part, zone: ZoneInfo) -> str:
    del zone
    return f"{LEVELS.get(told.of, told.of)} {_signed(told.minutes)}".strip()


STATE: Mapping[EntryIs, str] = {
    EntryIs.WAITING: "Waiting",
    EntryIs.CALLED: "Called",
    EntryIs.IN_ROOM: "In room",
    EntryIs.ON_HOLD: "On hold",
    EntryIs.AT_TESTS: "At tests",
    EntryIs.DONE: "Done",
    EntryIs.NO_SHOW: "No-show",
    EntryIs.OFF: "Called off",
}
NEEDS: Mapping[str, str] = {
    "elderly": "elderly",
    "pregnant": "pregnant",
    "disabled": "disabled",
    "vip": "VIP",
}
LEVELS: Mapping[str, str] = {
    "routine": "routine",
    "urgent": "urgent",
    "emergency": "emergency: before everybody",
}

_TELLERS: Mapping[str, Callable[[Part, ZoneInfo], str]] = {
    "scheduled": lambda told, zone: f"booked for {_clock(told.at, zone)}",
    "arrived": lambda told, zone: f"came at {_clock(told.at, zone)}",
    "late": lambda told, _: f"late {_signed(told.minutes)}",
    "walk_in": lambda told, _: f"walked in {_signed(told.minutes)}",
    "after_booked": _after_booked,
    "need": _need,
    "level": _level,
    "skipped": lambda told, zone: f"skipped, now due {_clock(told.at, zone)}",
}
