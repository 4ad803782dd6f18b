from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges
from app.booking.rules.settings import MOST_OF_ANYTHING, between, flag


@dataclass(frozen=True, slots=True)
class DailyLimit:
    """
    A resource takes so many patients a day; with `per_type`, so many of each type.

    The count is a row the database keeps (`loads.py`), so two who book at once cannot
    both be the last; here is only the setting.
    """

    limit: int
    per_type: bool = False
    kind: ClassVar[str] = "daily_limit"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        between(0, MOST_OF_ANYTHING, limit=self.limit)
        flag(per_type=self.per_type)

    def check(self, case: Case) -> None:
        """Let pass: `loads.take` counts and refuses, under the resource's lock."""
