from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.booking.rules.settings import MOST_DAYS, between


@dataclass(frozen=True, slots=True)
class DoseGap:
    """Between two doses of a type lie at least so many days."""

    days: int
    kind: ClassVar[str] = "dose_gap"
    judges: ClassVar[Judges] = Judges.PATIENT

    def __post_init__(self) -> None:
        between(1, MOST_DAYS, days=self.days)

    def check(self, case: Case) -> None:
        if case.patient is None:
            return
        reach = case.span.start + timedelta(days=self.days)
        last = case.history.last_of_type(case.patient, case.type.id, reach)
        if last is not None and abs(case.span.start - last) < timedelta(days=self.days):
            raise refuse(self, field="starts_at", days=self.days, last=last)
