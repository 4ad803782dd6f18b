from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges
from app.booking.rules.settings import MOST_OF_ANYTHING, between


@dataclass(frozen=True, slots=True)
class Overbooking:
    """
    A token slot may hold so many more than its tokens, for who may overbook.

    `extra` is a number, `percent` a share of the slot's tokens, rounded down; the
    larger one holds. The allowance is a column of its own, so it always shows.
    """

    extra: int = 0
    percent: int = 0
    kind: ClassVar[str] = "overbooking"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        between(0, MOST_OF_ANYTHING, extra=self.extra, percent=self.percent)

    def check(self, case: Case) -> None:
        """Let pass: it gives, it never takes."""

    def allowance(self, tokens: int) -> int:
        """Tell how many more than its tokens a slot may hold."""
        return max(self.extra, tokens * self.percent // 100)
