"""What higher rooms call: people by id, without asking who wants to know."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from app.audit import internal as audit
from app.core.actor import ActorKind
from app.core.choices import by_value
from app.core.db import db, table
from app.core.errors import NotFoundError
from app.patients import phones
from app.patients.merging import unite
from app.patients.models import Patient
from app.patients.registering import REGISTERED
from app.patients.rows import view
from app.patients.views import Need, PatientView, Sex

__all__ = [
    "beside",
    "born_with",
    "by_mrn",
    "earlier",
    "many",
    "named",
    "one",
    "reached_by",
    "told",
    "under",
    "unite",
]


def one(public_id: UUID, *, field: str = "patient_id") -> PatientView:
    """
    Give one patient; who went up in another is that other.

    :raises NotFoundError: if there is no such patient
    """
    found = db.session.scalar(_ONE, {"public_id": public_id})
    if found is None:
        raise NotFoundError("patient", field=field)
    while found.merged_into_id is not None:
        found = db.session.get_one(Patient, found.merged_into_id)
    return view(found)


_ONE = select(Patient).where(Patient.public_id == bindparam("public_id"))


def beside(number: ColumnElement[int]) -> ColumnElement[Any]:
    """
    Select a patient as JSON by a row number that another room's statement reads.

    So a list needs no statement of its own for its people; `told` makes the view.
    """
    return (
        select(func.json_build_array(*_COLUMNS))
        .where(_PATIENT.id == number)
        .scalar_subquery()
    )


def named(public_ids: ColumnElement[Any]) -> ColumnElement[Any]:
    """Select those whose public id is any of these as a list of JSON for `told`."""
    return (
        select(func.json_agg(func.json_build_array(*_COLUMNS)))
        .where(_PATIENT.public_id == public_ids, _PATIENT.merged_into_id.is_(None))
        .scalar_subquery()
    )


def told(row: Sequence[Any]) -> PatientView:
    """Make the view of what `beside` or `named` selected."""
    number, public_id, mrn, name, phone, sex, birth_date, birth_year = row[:8]
    language, prefers, needs = row[8:]
    return PatientView(
        number,
        UUID(public_id),
        mrn,
        name,
        phone,
        _SEX[sex],
        None if birth_date is None else date.fromisoformat(birth_date),
        birth_year,
        language,
        prefers=tuple(UUID(each) for each in prefers),
        needs=frozenset(Need(each) for each in needs),
    )


_SEX = by_value(Sex)
_PATIENT = table(Patient).c
_COLUMNS = (
    _PATIENT.id,
    _PATIENT.public_id,
    _PATIENT.mrn,
    _PATIENT.name,
    _PATIENT.phone,
    _PATIENT.sex,
    _PATIENT.birth_date,
    _PATIENT.birth_year,
    _PATIENT.language,
    _PATIENT.prefers,
    _PATIENT.needs,
)


def by_mrn(mrn: str) -> PatientView | None:
    """Give who has a record number, or whom they went up in."""
    found = db.session.scalar(select(Patient.public_id).where(Patient.mrn == mrn))
    return None if found is None else one(found)


def born_with(phone: str, year: int, *, region: str) -> list[PatientView]:
    """
    Give who has that phone and was born in that year: two things strangers lack.

    :raises InputError: if it cannot be a phone number
    """
    number = phones.e164(phone, region=region)
    born_in = func.date_part("year", Patient.birth_date)
    rows = db.session.scalars(
        select(Patient).where(
            Patient.phone == number,
            func.coalesce(born_in, Patient.birth_year) == year,
        )
    )
    return [view(row) for row in rows]


def reached_by(phone: str, also: Iterable[int] = ()) -> list[PatientView]:
    """Give who has a phone, E.164, or one of some numbers; nobody who was merged."""
    found = select(Patient).where(
        or_(Patient.phone == phone, Patient.id.in_(list(also))),
        Patient.merged_into_id.is_(None),
    )
    return [view(row) for row in db.session.scalars(found.order_by(Patient.id))]


def under(phone: str) -> list[PatientView]:
    """Give who comes under a phone, E.164."""
    return reached_by(phone)


def earlier(who: PatientView, phone: str) -> list[PatientView]:
    """
    Give whom somebody may be of old, under a phone, E.164, that is theirs.

    That they were registered by no staff makes it possible, the same phone likely; what
    is known of sex and birth must not speak against it.
    """
    made = audit.Subject("patient", who.public_id)
    themselves = audit.did_as(REGISTERED, made, ActorKind.PATIENT)
    if who.phone != phone or not themselves:
        return []
    return [each for each in under(phone) if each.id != who.id and _alike(each, who)]


def _alike(one: PatientView, two: PatientView) -> bool:
    sexes = {one.sex, two.sex} - {Sex.UNKNOWN}
    years = [year for year in (one.born_in, two.born_in) if year is not None]
    # Who said an age was born in one of two years.
    return len(sexes) < 2 and max(years, default=0) - min(years, default=0) <= 1


def many(ids: Iterable[int]) -> dict[int, PatientView]:
    """Give patients by row number, in one statement."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.scalars(select(Patient).where(Patient.id.in_(wanted)))
    return {row.id: view(row) for row in rows}
