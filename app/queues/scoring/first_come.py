from dataclasses import dataclass
from typing import ClassVar

from app.queues.scoring.facts import TIER, Arrival, Part, Score, emergency, total


@dataclass(frozen=True, slots=True)
class FirstCome:
    """Whoever came first is seen first; only an emergency goes before."""

    kind: ClassVar[str] = "first_come"

    def score(self, arrival: Arrival) -> Score:
        pressing = emergency(arrival)
        if pressing is not None:
            return pressing
        return total(TIER, [Part("arrived", at=arrival.arrived_at)])
