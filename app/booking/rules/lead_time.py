from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.booking.rules.settings import MOST_MINUTES, between


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Booking closes this many minutes before the appointment starts."""

    minutes: int
    kind: ClassVar[str] = "lead_time"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        between(0, MOST_MINUTES, minutes=self.minutes)

    def check(self, case: Case) -> None:
        closes = case.span.start - timedelta(minutes=self.minutes)
        if case.now > closes:
            raise refuse(self, field="starts_at", minutes=self.minutes, closed=closes)
