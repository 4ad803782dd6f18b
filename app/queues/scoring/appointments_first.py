from dataclasses import dataclass
from typing import ClassVar

from app.queues.scoring.facts import (
    TIER,
    Arrival,
    Part,
    Score,
    emergency,
    start_of,
    total,
)


@dataclass(frozen=True, slots=True)
class AppointmentsFirst:
    """Who has an appointment goes before all who walk in, by the appointed time."""

    kind: ClassVar[str] = "appointments_first"

    def score(self, arrival: Arrival) -> Score:
        pressing = emergency(arrival)
        if pressing is not None:
            return pressing
        if arrival.walk_in:
            return total(
                TIER + 1,
                [Part("after_booked"), Part("arrived", at=arrival.arrived_at)],
            )
        return total(TIER, [start_of(arrival)])
