"""What other rooms and doors see of a patient."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from app.patients.phones import HOME_REGION


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Need(StrEnum):
    """
    What gives a person precedence in a queue, if its policy says so.

    Who is old enough counts as elderly by their age; this says it where no birth is
    known.
    """

    ELDERLY = "elderly"
    PREGNANT = "pregnant"
    DISABLED = "disabled"
    VIP = "vip"


class Identifier(StrEnum):
    """Who gave a number to a patient."""

    ABHA = "abha"


class DeviceView(Struct, frozen=True):
    """A remembered browser: the phone it proved, E.164, and what it is called."""

    id: UUID
    phone: str
    label: str
    since: datetime


class PatientView(Struct, frozen=True):
    id: int
    public_id: UUID
    mrn: str
    name: str
    phone: str | None
    sex: Sex
    birth_date: date | None
    birth_year: int | None
    language: str
    prefers: tuple[UUID, ...] = ()
    needs: frozenset[Need] = frozenset()

    @property
    def born_in(self) -> int | None:
        """Tell the year of birth, if it is known."""
        return self.birth_date.year if self.birth_date else self.birth_year

    def age(self, today: date) -> int | None:
        """Tell the age in full years, as well as the birth is known."""
        if self.birth_date is not None:
            had = (today.month, today.day) >= (
                self.birth_date.month,
                self.birth_date.day,
            )
            return today.year - self.birth_date.year - (0 if had else 1)
        return None if self.birth_year is None else today.year - self.birth_year


class Details(Struct, frozen=True):
    """
    What is known of a person. E.164 is what is kept of `phone`.

    It may be national where a `region` is given: a country in two letters.
    """

    name: str
    phone: str | None = None
    sex: Sex = Sex.UNKNOWN
    birth_date: date | None = None
    birth_year: int | None = None
    language: str = "en"
    region: str = HOME_REGION


class NewPatient(Details, frozen=True):
    """Somebody to be registered, with the next record number unless one is given."""

    mrn: str | None = None
    needs: frozenset[Need] = frozenset()


class MergeView(Struct, frozen=True):
    """Somebody who went up in another patient, when and by whom."""

    id: UUID
    merged: PatientView
    at: datetime
    by: str
