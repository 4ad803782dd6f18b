"""Words of the network's pages: states, keys, and how long something took."""

import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import orjson

from app.doors import times
from beckn.forgetting import without_people
from beckn.models import Asked, Owed
from beckn.pages.views import Line, Stand

# How each is called, and the look of its chip.
STANDS: Mapping[Stand, tuple[str, str]] = {
    Stand.DEAD: ("Dead letter", "bad"),
    Stand.REFUSED: ("Refused", "bad"),
    Stand.WAITING: ("Under way", "info"),
    Stand.QUIET: ("Answered", "good"),
}
CAME: Mapping[str, tuple[str, str]] = {
    Asked.WAITING: ("To do", "info"),
    Asked.DONE: ("Done", "good"),
    Asked.DEAD: ("Given up", "bad"),
}
WENT: Mapping[str, tuple[str, str]] = {
    Owed.WAITING: ("On its way", "info"),
    Owed.AGAIN: ("Goes once more", "info"),
    Owed.ACKED: ("ACK", "good"),
    Owed.REFUSED: ("NACK", "bad"),
    Owed.DEAD: ("Dead letter", "bad"),
}
# Longer bodies are for programs: a catalog of a week has three hundred places.
MOST_SHOWN = 20_000


def state(line: Line) -> tuple[str, str]:
    """Tell how far a message has come, and how that looks."""
    return (CAME if line.came else WENT)[line.state]


def key(key_id: str | None) -> str:
    """Tell by what a signature was verified."""
    if key_id is None:
        return "verified, by a key that was not written down"
    if not key_id:
        return "not verified: BECKN_UNSIGNED believes everybody"
    return f"verified by key {key_id}"


def took(span: timedelta | None) -> str:
    """Write a span as people do: 340 ms, 1.2 s, 4 min, 3 h."""
    if span is None:
        return ""
    seconds = span.total_seconds()
    for most, unit, size in ((1, "ms", 0.001), (90, "s", 1), (5400, "min", 60)):
        if seconds < most:
            number = f"{seconds / size:.1f}" if unit == "s" else f"{seconds / size:.0f}"
            return f"{number} {unit}"
    return f"{seconds / 3600:.0f} h"


def at(when: datetime, zone: ZoneInfo) -> str:
    """Write a moment to the second, as Tue 24 Nov, 14:30:07."""
    return f"{times.moment(when, zone)}:{when.astimezone(zone):%S}"


def body(raw: bytes, *, people: bool) -> str:
    """Write a message over many lines; without `people`, nobody is named."""
    told = orjson.loads(raw if people else without_people(raw))
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def curl(url: str, raw: bytes, headers: Mapping[str, str]) -> str:
    """
    Write a call that a shell can make; the body goes byte by byte as it is.

    By a pipe and not as an argument of curl, which may not be long.
    """
    given = {"Content-Type": "application/json", **headers}
    lines = [f"printf %s {shlex.quote(raw.decode())} |", "curl -sS --data-binary @-"]
    lines += [f"-H {shlex.quote(f'{name}: {each}')}" for name, each in given.items()]
    return " \\\n  ".join((*lines, shlex.quote(url))).replace("| \\\n", "|\n", 1)
