"""How a queue looks at the desk: reasons, waits, and what was done last."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from flask import g
from msgspec import Struct

from app.doors import current, queue_words
from app.doors.queue_words import STATE, likely
from app.queues import queries
from app.queues.kinds import EncounterIs, EntryIs
from app.queues.views import EntryView, LevelView, Limits, QueueView

# What was done, as the line at the bottom tells it; each can be taken back.
DONE: Mapping[str, str] = {
    "next": "is called",
    "call": "is called",
    "recall": "is called once more",
    "skip": "did not answer and moved back",
    "hold": "is set aside",
    "back": "waits again",
    "start": "is in the room",
    "complete": "is done",
    "tests": "is sent for tests",
    "present": "is marked as here",
    "transfer": "moved to another queue",
    "boost": "is due sooner",
    "level": "has another priority",
    "walk_in": "is in the queue",
}

# How far a visit has come: its sign, and what is said beside it.
CAME: Mapping[EncounterIs, tuple[str, str]] = {
    EncounterIs.ARRIVED: ("checked_in", "Arrived"),
    EncounterIs.STARTED: ("in_room", "In the room"),
    EncounterIs.ENDED: ("done", "Done"),
    EncounterIs.LEFT: ("no_show", "Left unseen"),
    EncounterIs.CANCELLED: ("no_show", "Cancelled"),
}

# Who is skipped does not always move back.
_SKIPPED: Mapping[EntryIs, str] = {
    EntryIs.NO_SHOW: "did not answer again and is a no-show",
    EntryIs.ON_HOLD: "did not answer and is set aside",
}


def done(act: str, entry: EntryView) -> str:
    """Say what was done, by what came of it."""
    skipped = _SKIPPED.get(entry.state) if act == "skip" else None
    return skipped or DONE[act]


class Reason(Struct, frozen=True):
    """One reason, and how it looks: plain, or the class of a chip."""

    text: str
    look: str = ""


def reasons(entry: EntryView) -> list[Reason]:
    """Tell what somebody's due time is made of, as their queue scored it."""
    looks = [_LOOKS.get(part.kind, "") for part in entry.parts]
    if entry.boost is not None:
        looks.append("act")
    told = [
        Reason(f"{text[:1].upper()}{text[1:]}", look)
        for text, look in zip(queue_words.why(entry), looks, strict=True)
    ]
    if not entry.present:
        told.append(Reason("Checked in from afar", "warn"))
    return told


# Reasons that are more than where one begins.
_LOOKS: Mapping[str, str] = {
    "late": "warn",
    "skipped": "warn",
    "need": "act",
    "level": "bad",
}


def levels(own: str = "") -> list[tuple[str, str]]:
    """Give the priority levels that are offered, and one that somebody has already."""
    if "queue_levels" not in g:
        g.queue_levels = queries.levels(by=current.actor())
    return offered(g.queue_levels, own)


def offered(levels: Iterable[LevelView], own: str = "") -> list[tuple[str, str]]:
    """Give those of the levels that are in use, and one that somebody has already."""
    return [(e.code, e.name) for e in levels if e.active or e.code == own]


def wait_look(entry: EntryView, limits: Limits, now: datetime) -> str:
    """Say how a wait looks: nothing, a warning, or that it is too long."""
    return look(minutes(entry.arrived_at, now), limits)


def look(waits: int, limits: Limits) -> str:
    """Say how so many minutes look: nothing, a warning, or that they are too many."""
    if waits >= limits.too_long_minutes:
        return "bad"
    return "warn" if waits >= limits.long_minutes else ""


def minutes(since: datetime, now: datetime) -> int:
    """Tell how many whole minutes have gone by."""
    return max(0, int((now - since).total_seconds() // 60))


def longest(queue: QueueView, now: datetime) -> int:
    """Tell how many minutes the longest of who waits has waited."""
    return max((minutes(each.arrived_at, now) for each in queue.waiting), default=0)


__all__ = [
    "DONE",
    "STATE",
    "levels",
    "likely",
    "longest",
    "look",
    "minutes",
    "offered",
    "reasons",
    "wait_look",
]
