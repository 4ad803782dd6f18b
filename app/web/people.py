"""Finding people and registering them, as the booking form and the pages share it."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.accounts.views import Scope
from app.core.errors import InputError
from app.directory.views import FacilityView
from app.doors import current
from app.patients import queries, service
from app.patients.views import NewPatient, PatientView, Sex
from app.web.reading import number_of, uuid_of

SHOWN = 8


class Registration(Struct, frozen=True):
    """A registration as typed; `alike` are people it may be already."""

    name: str
    phone: str
    sex: str
    born: str
    anyway: bool
    alike: tuple[PatientView, ...] = ()


class Found(Struct, frozen=True):
    """Who may be meant; `more` when not all of them are among `people`."""

    people: list[PatientView]
    chosen: str
    asked: bool
    more: bool = False


def find(typed: str, chosen: str, facility: FacilityView, most: int = SHOWN) -> Found:
    """
    Search by what was typed, and keep whom was chosen among the found.

    To know patients is not lent: one looks with one's own leave, whomever one acts for.
    """
    scope, by = Scope(facility.id), current.user().actor
    found = (
        queries.search(typed, by=by, scope=scope, most=most + 1, region=facility.region)
        if typed
        else []
    )
    more, found = len(found) > most, found[:most]
    if chosen and all(str(each.public_id) != chosen for each in found):
        patient = uuid_of(chosen, field="patient", what="patient")
        found = [queries.one(patient, by=by, scope=scope), *found]
    if not chosen and len(found) == 1:
        chosen = str(found[0].public_id)
    return Found(found, chosen, asked=bool(typed), more=more)


def read(values: Mapping[str, str]) -> Registration:
    """Take what a registration form says."""
    return Registration(
        name=values.get("new_name", "").strip(),
        phone=values.get("new_phone", "").strip(),
        sex=values.get("new_sex", ""),
        born=values.get("new_born", "").strip(),
        anyway=values.get("anyway") == "1",
    )


def similar(asked: Registration, facility: FacilityView) -> list[PatientView]:
    """Give people with the same phone or the same name."""
    return queries.similar(
        asked.name,
        asked.phone,
        by=current.user().actor,
        scope=Scope(facility.id),
        region=facility.region,
    )


def register(
    asked: Registration, facility: FacilityView, *, now: datetime
) -> PatientView:
    """Register as typed: a year of birth, or the whole date."""
    order, scope = as_order(asked, facility), Scope(facility.id)
    return service.register(order, by=current.user().actor, now=now, scope=scope)


def correct(
    patient: UUID, asked: Registration, facility: FacilityView, *, now: datetime
) -> PatientView:
    """Put right what is known of somebody, as typed; their language stays."""
    by, scope = current.user().actor, Scope(facility.id)
    known = queries.one(patient, by=by, scope=scope)
    order = replace(as_order(asked, facility), language=known.language)
    return service.correct(patient, order, by=by, now=now, scope=scope)


def typed(patient: PatientView) -> Registration:
    """Write what is known of somebody as a form has it."""
    born = patient.birth_date or patient.birth_year or ""
    return Registration(
        name=patient.name,
        phone=patient.phone or "",
        sex=patient.sex.value,
        born=str(born),
        anyway=False,
    )


def as_order(asked: Registration, facility: FacilityView) -> NewPatient:
    """
    Read a registration as typed.

    :raises InputError: if a field of it cannot be right
    """
    born, year = _born(asked.born)
    if asked.sex and asked.sex not in set(Sex):
        raise InputError(field="new_sex", reason="choice")
    return NewPatient(
        name=asked.name,
        phone=asked.phone or None,
        sex=Sex(asked.sex) if asked.sex else Sex.UNKNOWN,
        birth_date=born,
        birth_year=year,
        region=facility.region,
    )


def _born(written: str) -> tuple[date | None, int | None]:
    if len(written) <= 4:
        return None, number_of({"birth_year": written}, "birth_year")
    try:
        return date.fromisoformat(written), None
    except ValueError as exc:
        raise InputError(field="birth_date", reason="date") from exc
