from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges
from app.booking.rules.settings import between

# Slots are looked for day by day.
_LONGEST = 366


@dataclass(frozen=True, slots=True)
class LaterDays:
    """
    Tokens of a slot that closes may go to slots of so many days after; 0 is that day.

    Without this rule it is a week. Who finds no place goes on the rebooking list.
    """

    days: int = 7
    kind: ClassVar[str] = "later_days"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        between(0, _LONGEST, days=self.days)

    def check(self, case: Case) -> None:
        """Let pass: it says where to look, not what is forbidden."""
