"""What every process of a race knows of its hospital."""

import json
from dataclasses import asdict, dataclass

# How many tokens more than it has a slot of the doctor may be given, by who may.
EXTRA = 1
# How long such a slot is.
SLOT_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Open:
    """A resource that takes timed bookings, and from when until when on each day."""

    id: str
    name: str
    spans: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Scene:
    """All a client must know; ids are public, moments ISO."""

    facility: str
    type: str
    desk: str
    admin: str
    patients: list[str]
    days: list[str]
    slots: list[tuple[str, str]]
    doctor: Open
    other: Open
    theatre: Open
    chairs: Open
    machine: Open

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, told: str) -> "Scene":
        given = json.loads(told)
        places = ("doctor", "other", "theatre", "chairs", "machine")
        return cls(**{**given, **{name: Open(**given[name]) for name in places}})
