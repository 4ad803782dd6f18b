from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.core.errors import InputError
from app.queues.kinds import Level
from app.queues.scoring.facts import (
    TIER,
    Arrival,
    Part,
    Precedence,
    Score,
    bounded,
    emergency,
    start_of,
    total,
)

MOST = 600
PRECEDENCE = {
    "elderly": 15,
    "pregnant": 15,
    "disabled": 15,
    "vip": 15,
    Level.URGENT.value: 30,
}


@dataclass(frozen=True, slots=True)
class DueTime:
    """
    Everybody is due at a moment, and waiting brings all nearer to it alike.

    Who comes in time is due when they were to come; who comes later than `grace` is due
    when they came plus `late_penalty`; who walks in, `walk_in_offset` after they came.
    `precedence` says how many minutes sooner a need or level makes somebody due.
    """

    grace: int = 10
    late_penalty: int = 15
    walk_in_offset: int = 20
    elderly_from: int = 70
    precedence: Mapping[str, int] = field(default_factory=lambda: dict(PRECEDENCE))
    kind: ClassVar[str] = "due_time"

    def __post_init__(self) -> None:
        bounded(
            MOST,
            grace=self.grace,
            late_penalty=self.late_penalty,
            walk_in_offset=self.walk_in_offset,
        )
        bounded(150, elderly_from=self.elderly_from)
        unknown = sorted(set(self.precedence) - set(PRECEDENCE))
        if unknown:
            raise InputError(
                field="precedence", reason="choice", choices=sorted(PRECEDENCE)
            )
        for name, minutes in self.precedence.items():
            bounded(MOST, **{f"precedence.{name}": minutes})

    def score(self, arrival: Arrival) -> Score:
        pressing = emergency(arrival)
        if pressing is not None:
            return pressing
        parts = [*self._begin(arrival)]
        parts += Precedence(self.precedence, self.elderly_from).parts(arrival)
        return total(TIER, parts)

    def _begin(self, arrival: Arrival) -> list[Part]:
        came = Part("arrived", at=arrival.arrived_at)
        if arrival.walk_in:
            waits = [came, Part("walk_in", self.walk_in_offset)]
            if arrival.scheduled_at is None:
                return waits
            # A slot later today: not before it begins, nor before others who walked in.
            due = total(TIER, waits).due_at
            return [start_of(arrival)] if arrival.scheduled_at >= due else waits
        if arrival.late_from is None:
            return [start_of(arrival)]
        late = (arrival.arrived_at - arrival.late_from).total_seconds() / 60
        if late > self.grace:
            return [came, Part("late", self.late_penalty)]
        return [start_of(arrival)]
