from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.booking.rules.settings import weekdays


@dataclass(frozen=True, slots=True)
class AllowedDays:
    """A type is booked only on these weekdays; 0 is Monday."""

    weekdays: tuple[int, ...]
    kind: ClassVar[str] = "allowed_days"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        object.__setattr__(self, "weekdays", tuple(self.weekdays))
        weekdays(self.weekdays, field="weekdays")

    def check(self, case: Case) -> None:
        if case.day.weekday() not in self.weekdays:
            raise refuse(self, field="starts_at", weekdays=self.weekdays)
