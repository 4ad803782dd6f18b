from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.booking.rules.settings import MOST_DAYS, between, dates
from app.core.errors import InputError
from app.core.spans import local_date


@dataclass(frozen=True, slots=True)
class Horizon:
    """
    Booking opens this many days ahead, or only for days that are named.

    `days` 0 is today alone. Named `dates` (ISO) are the only ones that can be booked.
    """

    days: int | None = None
    dates: tuple[str, ...] = field(default_factory=tuple)
    kind: ClassVar[str] = "horizon"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        object.__setattr__(self, "dates", tuple(self.dates))
        dates(self.dates, field="dates")
        if self.days is not None:
            between(0, MOST_DAYS, days=self.days)
        elif not self.dates:
            raise InputError(field="days", reason="required")

    def check(self, case: Case) -> None:
        if self.dates and case.day.isoformat() not in self.dates:
            raise refuse(self, field="starts_at", dates=self.dates)
        last = self._last(local_date(case.now, case.facility.zone))
        if last is not None and case.day > last:
            raise refuse(self, field="starts_at", days=self.days, last=last)

    def _last(self, today: date) -> date | None:
        return None if self.days is None else today + timedelta(days=self.days)
