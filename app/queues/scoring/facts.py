"""What scoring is told of somebody who waits, and what it answers; all of it pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from app.core.errors import InputError
from app.queues.kinds import Level

EMERGENCY_TIER = 0
TIER = 1


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    Somebody who is here, as far as their place in the order depends on it.

    `scheduled_at` is when they were to come, `late_from` from when on that is too late;
    who walked in has neither, unless they got a token of a slot. A level of the
    hospital's own makes them due `sooner` by minutes, and is `called` something.
    """

    arrived_at: datetime
    scheduled_at: datetime | None = None
    late_from: datetime | None = None
    walk_in: bool = False
    level: str = Level.ROUTINE.value
    needs: frozenset[str] = frozenset()
    age: int | None = None
    sooner: int = 0
    called: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """
    One reason for a due time: where it begins, or how many minutes it adds.

    `kind` is what doors have words for; `of` names a need or level, `at` an instant.
    """

    kind: str
    minutes: int = 0
    of: str = ""
    at: datetime | None = None

    def plain(self) -> dict[str, Any]:
        """Write it down as it is kept."""
        told: dict[str, Any] = {"kind": self.kind, "minutes": self.minutes}
        if self.of:
            told["of"] = self.of
        if self.at is not None:
            told["at"] = self.at.isoformat()
        return told

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Part":
        at = datetime.fromisoformat(told["at"]) if "at" in told else None
        return cls(told["kind"], told.get("minutes", 0), told.get("of", ""), at)


@dataclass(frozen=True, slots=True)
class Score:
    """Where somebody stands in the order, and why."""

    tier: int
    due_at: datetime
    parts: tuple[Part, ...] = ()


class Scoring(Protocol):
    """One way to give a due time, with its settings; it never looks at the clock."""

    kind: ClassVar[str]

    def score(self, arrival: Arrival) -> Score:
        """Say in which tier somebody waits and when their turn is due."""


@dataclass(frozen=True, slots=True)
class Precedence:
    """How many minutes sooner each need, age and level makes somebody due."""

    minutes: Mapping[str, int] = field(default_factory=dict)
    elderly_from: int = 70

    def parts(self, arrival: Arrival) -> list[Part]:
        """Give what somebody's needs and level take off, the largest need alone."""
        needs = set(arrival.needs)
        if arrival.age is not None and arrival.age >= self.elderly_from:
            needs.add("elderly")
        # Needs do not add up: who is old and disabled is not sent ahead twice.
        found = [(self.minutes.get(need, 0), need) for need in sorted(needs)]
        most, need = max(found, default=(0, ""), key=lambda each: each[0])
        told = [Part("need", -most, need)] if most else []
        pressing = self.minutes.get(arrival.level, arrival.sooner)
        if pressing:
            told.append(Part("level", -pressing, arrival.called or arrival.level))
        return told


def start_of(arrival: Arrival) -> Part:
    """Begin at when they were to come, else at when they came."""
    if arrival.scheduled_at is not None:
        return Part("scheduled", at=arrival.scheduled_at)
    return Part("arrived", at=arrival.arrived_at)


def total(tier: int, parts: list[Part]) -> Score:
    """Add up: the last part with an instant is where it begins."""
    begin = [part.at for part in parts if part.at is not None][-1]
    due = begin + timedelta(minutes=sum(part.minutes for part in parts))
    return Score(tier, due, tuple(parts))


def emergency(arrival: Arrival) -> Score | None:
    """Put an emergency before everybody, by when it came."""
    if arrival.level != Level.EMERGENCY:
        return None
    parts = [
        Part("level", of=arrival.called or arrival.level),
        Part("arrived", at=arrival.arrived_at),
    ]
    return total(EMERGENCY_TIER, parts)


def bounded(most: int, /, **numbers: int) -> None:
    """
    Refuse what is not a whole number of minutes from 0 to `most`.

    :raises InputError: naming the setting
    """
    for name, number in numbers.items():
        whole = isinstance(number, int) and not isinstance(number, bool)
        if not whole or not 0 <= number <= most:
            raise InputError(field=name, reason="between", least=0, most=most)
