"""What the clients of a race write down: every answer, with its two moments."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """
    A place that was asked for.

    `parts` are resource, start and end; of a token the end is left empty, and `extra`
    says how many tokens more than the slot has would do. `without` is the appointment
    that asks, whose own place cannot be in its way. To `over_slots` tokens give way, to
    an `emergency` all that is less urgent does.
    """

    kind: str
    parts: list[tuple[str, str, str]]
    extra: int = 0
    without: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """
    One answer: sent and had at these real moments, in seconds since 1970.

    Status 0 means that the line broke before an answer came.
    """

    client: int
    act: str
    sent: float
    got: float
    status: int
    code: str = ""
    key: str = ""
    place: Place | None = None
    appointment: dict[str, Any] = field(default_factory=dict)
    entry: str = ""


def write(note: Note) -> str:
    """Give a note as one line."""
    return json.dumps(asdict(note))


def read(folder: Path) -> list[Note]:
    """Read what all clients wrote, in the order in which they were answered."""
    lines = (line for path in folder.glob("*.notes") for line in _lines(path))
    return sorted((_note(json.loads(line)) for line in lines), key=lambda n: n.got)


def _lines(path: Path) -> Iterator[str]:
    # A client that was stopped may leave its last line unfinished.
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield line


def _note(given: dict[str, Any]) -> Note:
    place = given.pop("place")
    return Note(**given, place=None if place is None else _place(place))


def _place(given: dict[str, Any]) -> Place:
    parts: Iterable[list[str]] = given.pop("parts")
    return Place(**given, parts=[(part[0], part[1], part[2]) for part in parts])
