from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.core.spans import day_span


@dataclass(frozen=True, slots=True)
class OneActive:
    """A patient has one live booking with a resource a day."""

    kind: ClassVar[str] = "one_active"
    judges: ClassVar[Judges] = Judges.PATIENT

    def check(self, case: Case) -> None:
        if case.patient is None:
            return
        day = day_span(case.day, case.facility.zone)
        has = case.history.active_on(case.patient, case.resource.id, day)
        if has:
            raise refuse(self, field="patient_id", references=has)
