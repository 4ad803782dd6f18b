from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges
from app.booking.rules.settings import MOST_OF_ANYTHING, between


@dataclass(frozen=True, slots=True)
class BuyerQuota:
    """One buyer's app of the network holds or books so many places of a session."""

    places: int
    kind: ClassVar[str] = "buyer_quota"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        between(0, MOST_OF_ANYTHING, places=self.places)

    def check(self, case: Case) -> None:
        """Let pass: the network's door counts, as it alone knows whose an order is."""
