"""Register a person."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import ConflictError, InputError
from app.core.text import clean
from app.patients import phones
from app.patients.models import MRN, Patient
from app.patients.rows import view
from app.patients.views import Details, NewPatient, PatientView

OLDEST = 1890
# What the trail calls it; who may correct somebody is found by it.
REGISTERED = "patient.registered"


class MrnTakenError(ConflictError):
    code = "mrn_taken"


def register(
    order: NewPatient, *, by: Actor, now: datetime, scope: Scope
) -> PatientView:
    """
    Register a person, with the next medical record number unless one is given.

    Nothing is merged: two people may share a name and a phone.

    :raises InputError: if a field cannot be right
    :raises MrnTakenError: if that medical record number is somebody else's
    """
    known = details(order, today=now.date())
    given = clean(order.mrn or "", field="mrn", most=20)
    taken = MrnTakenError(field="mrn", mrn=given)
    with transaction() as session, constraints({"uq_patients_mrn": taken}):
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        patient = Patient(
            public_id=uuid4(),
            mrn=given or _next_mrn(),
            **known,
            prefers=[],
            needs=sorted(order.needs),
            created_at=now,
        )
        session.add(patient)
        session.flush()
        audit.record(
            REGISTERED,
            audit.Subject("patient", patient.public_id, scope.facility_id),
            by=by,
            now=now,
            after={"mrn": patient.mrn, "name": known["name"], "phone": known["phone"]},
        )
    return view(patient)


def details(order: Details, *, today: date) -> dict[str, Any]:
    """
    Give what is known of a person as columns.

    :raises InputError: if a field cannot be right
    """
    name = clean(order.name, field="name", least=1, most=120)
    phone = phones.e164(order.phone, region=order.region) if order.phone else None
    _check_birth(order, today=today)
    return {
        "name": name,
        "phone": phone,
        "sex": order.sex,
        "birth_date": order.birth_date,
        "birth_year": order.birth_year,
        "language": order.language,
    }


def _next_mrn() -> str:
    """Draw numbers until one is free: some were given by hand."""
    while True:
        drawn = str(db.session.scalar(select(MRN.next_value())))
        used = select(Patient.id).where(Patient.mrn == drawn)
        if db.session.scalar(used) is None:
            return drawn


def _check_birth(order: Details, *, today: date) -> None:
    if order.birth_date is not None and order.birth_year is not None:
        raise InputError(field="birth_year", reason="both_births")
    year = order.birth_date.year if order.birth_date else order.birth_year
    if year is not None and not OLDEST <= year <= today.year:
        field = "birth_date" if order.birth_date else "birth_year"
        raise InputError(field=field, reason="between", least=OLDEST, most=today.year)
    if order.birth_date is not None and order.birth_date > today:
        raise InputError(field="birth_date", reason="future")
