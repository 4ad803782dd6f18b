from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges
from app.booking.rules.settings import between


@dataclass(frozen=True, slots=True)
class WalkInShare:
    """So many percent of a slot's tokens, rounded down, are kept for who walks in."""

    percent: int
    kind: ClassVar[str] = "walk_in_share"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        between(0, 100, percent=self.percent)

    def check(self, case: Case) -> None:
        """Let pass: a slot counts its places itself, and these are not among them."""

    def reserved(self, tokens: int) -> int:
        """Tell how many of a slot's tokens cannot be booked."""
        return tokens * self.percent // 100
