from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.booking.rules.settings import between

_ONE_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class QuietPeriod:
    """Between two cases of a resource lie at least so many minutes."""

    minutes: int
    kind: ClassVar[str] = "quiet_period"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        between(1, _ONE_DAY, minutes=self.minutes)

    def check(self, case: Case) -> None:
        gap = timedelta(minutes=self.minutes)
        near = case.history.neighbours(case.resource, case.span.widen(gap, gap))
        if near:
            raise refuse(self, field="starts_at", minutes=self.minutes, near=near)
