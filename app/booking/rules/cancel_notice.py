from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.booking.rules.settings import MOST_MINUTES, between


@dataclass(frozen=True, slots=True)
class CancelNotice:
    """Cancelling closes this many minutes before the start; then one has to call."""

    minutes: int
    kind: ClassVar[str] = "cancel_notice"
    judges: ClassVar[Judges] = Judges.CANCELLING

    def __post_init__(self) -> None:
        between(0, MOST_MINUTES, minutes=self.minutes)

    def check(self, case: Case) -> None:
        closes = case.span.start - timedelta(minutes=self.minutes)
        if case.now > closes:
            raise refuse(self, minutes=self.minutes, closed=closes)
