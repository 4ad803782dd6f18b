from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.booking.rules.settings import between

_OLDEST = 150


@dataclass(frozen=True, slots=True)
class AgeRange:
    """A type or resource is for people of these ages, in full years, both included."""

    least: int = 0
    most: int = _OLDEST
    kind: ClassVar[str] = "age_range"
    judges: ClassVar[Judges] = Judges.PATIENT

    def __post_init__(self) -> None:
        between(0, _OLDEST, least=self.least)
        between(self.least, _OLDEST, most=self.most)

    def check(self, case: Case) -> None:
        if case.patient is None:
            return
        age = case.patient.age(case.day)
        if age is None:
            raise refuse(self, field="patient_id", reason="age_unknown")
        if not self.least <= age <= self.most:
            raise refuse(
                self, field="patient_id", age=age, least=self.least, most=self.most
            )
