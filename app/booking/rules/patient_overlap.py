from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse


@dataclass(frozen=True, slots=True)
class PatientOverlap:
    """A patient is not booked in two places at one time."""

    kind: ClassVar[str] = "patient_overlap"
    judges: ClassVar[Judges] = Judges.PATIENT

    def check(self, case: Case) -> None:
        if case.patient is None:
            return
        has = case.history.overlapping(case.patient, case.span)
        if has:
            raise refuse(self, field="patient_id", references=has)
