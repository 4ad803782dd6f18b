"""Who comes by what was proved, a phone or a number: somebody known, or new."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import func, or_, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import InputError
from app.core.holding import hold_all
from app.core.text import clean
from app.patients import abha, phones
from app.patients.identifying import identify
from app.patients.models import Patient, PatientIdentifier
from app.patients.registering import register
from app.patients.rows import view
from app.patients.views import Identifier, NewPatient, PatientView


def join(order: NewPatient, *, by: Actor, now: datetime, scope: Scope) -> PatientView:
    """
    Give who has that phone, name and year of birth, or register them.

    Whose year nobody knows is told by name and phone. So a second click registers
    nobody twice. The caller has made sure of the phone.

    :raises InputError: if a field cannot be right, or there is no phone
    """
    if not order.phone:
        raise InputError(field="phone", reason="required")
    phone = phones.e164(order.phone, region=order.region)
    name = clean(order.name, field="name", least=1, most=120)
    with transaction():
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        hold_all([f"family:{phone}"])
        born = func.coalesce(
            func.date_part("year", Patient.birth_date), Patient.birth_year
        )
        found = (
            select(Patient)
            .where(
                Patient.phone == phone,
                func.lower(Patient.name) == name.lower(),
                or_(born == order.birth_year, born.is_(None)),
                Patient.merged_into_id.is_(None),
            )
            .order_by(born.is_(None), Patient.id)
            .limit(1)
        )
        known = db.session.scalar(found)
        if known is not None:
            return view(known)
        return register(order, by=by, now=now, scope=scope)


def join_by_abha(
    order: NewPatient,
    number: str,
    born: Sequence[int],
    *,
    by: Actor,
    now: datetime,
    scope: Scope,
) -> PatientView:
    """
    Give whose ABHA number that is, or register who comes.

    Somebody else says that it was proved to them; it joins nobody until who gives the
    numbers confirms it: of who comes, by name and one of these years of birth, and of
    the record that has it. Who is new and confirmed keeps it. A number that is none, or
    is not confirmed, is as if it was not said.

    :raises InputError: if a field cannot be right
    """
    year = _confirmed(order.name, number, born)
    if year is None:
        return register(order, by=by, now=now, scope=scope)
    read = abha.read(number)
    with transaction():
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        hold_all([f"abha:{read}"])
        known = _holder(read)
        if known is None:
            made = register(
                replace(order, birth_year=year), by=by, now=now, scope=scope
            )
            identify(made.public_id, read, by=by, now=now, scope=scope)
            return made
        if not identify(known.public_id, read, by=by, now=now, scope=scope):
            return register(order, by=by, now=now, scope=scope)
        audit.record(
            "patient.joined",
            audit.Subject("patient", known.public_id, scope.facility_id),
            by=by,
            now=now,
            after={"by": Identifier.ABHA},
        )
        return view(known)


def _confirmed(name: str, number: str, born: Sequence[int]) -> int | None:
    """Give the year of birth by which a number is confirmed to be somebody's, if so."""
    try:
        read = abha.read(number)
    except InputError:
        return None
    ask = abha.verifier().verified
    return next((y for y in born if ask(read, name=name, birth_year=y)), None)


def _holder(number: str) -> Patient | None:
    return db.session.scalar(
        select(Patient)
        .join(PatientIdentifier, PatientIdentifier.patient_id == Patient.id)
        .where(
            PatientIdentifier.kind == Identifier.ABHA,
            PatientIdentifier.value == number,
            Patient.merged_into_id.is_(None),
        )
    )
