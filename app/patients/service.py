"""Acts on patients: register, remember what they prefer and need."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, db, hold_all, transaction
from app.core.errors import ConflictError, InputError, NotFoundError
from app.core.text import clean
from app.patients import phones
from app.patients.merging import merge, undo_merge
from app.patients.models import MRN, Patient
from app.patients.rows import view
from app.patients.views import Need, NewPatient, PatientView

__all__ = ["merge", "prefer", "register", "set_needs", "undo_merge", "welcome"]

OLDEST = 1890
MOST_PREFERRED = 10


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
    name = clean(order.name, field="name", least=1, most=120)
    phone = phones.e164(order.phone, region=order.region) if order.phone else None
    _check_birth(order, today=now.date())
    given = clean(order.mrn or "", field="mrn", most=20)
    taken = MrnTakenError(field="mrn", mrn=given)
    with transaction() as session, constraints({"uq_patients_mrn": taken}):
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        patient = Patient(
            public_id=uuid4(),
            mrn=given or _next_mrn(),
            name=name,
            phone=phone,
            sex=order.sex,
            birth_date=order.birth_date,
            birth_year=order.birth_year,
            language=order.language,
            prefers=[],
            needs=sorted(order.needs),
            created_at=now,
        )
        session.add(patient)
        session.flush()
        audit.record(
            "patient.registered",
            audit.Subject("patient", patient.public_id, scope.facility_id),
            by=by,
            now=now,
            after={"mrn": patient.mrn, "name": name, "phone": phone},
        )
    return view(patient)


def welcome(
    order: NewPatient, *, by: Actor, now: datetime, scope: Scope
) -> PatientView:
    """
    Give who is on the books with that phone, name and year of birth, or register them.

    The caller has proved that the phone is theirs: nobody is found by a phone alone.

    :raises InputError: if a field cannot be right
    """
    name = clean(order.name, field="name", least=1, most=120)
    phone = phones.e164(order.phone or "", region=order.region)
    with transaction() as session:
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        # A second click finds whom the first one registered.
        hold_all([f"phone:{phone}"])
        known = session.scalars(
            select(Patient)
            .where(
                Patient.phone == phone,
                func.lower(Patient.name) == name.lower(),
                Patient.merged_into_id.is_(None),
            )
            .order_by(Patient.id)
        )
        for row in known:
            year = row.birth_date.year if row.birth_date else row.birth_year
            if None in {year, order.birth_year} or year == order.birth_year:
                return view(row)
        return register(order, by=by, now=now, scope=scope)


def prefer(
    patient: UUID,
    resources: tuple[UUID, ...],
    *,
    by: Actor,
    now: datetime,
    scope: Scope,
) -> PatientView:
    """
    Remember which chairs, rooms or machines a person likes best, the first one most.

    :raises InputError: if they are too many
    :raises NotFoundError: if there is no such patient
    """
    if len(resources) > MOST_PREFERRED:
        raise InputError(
            field="resources", reason="between", least=0, most=MOST_PREFERRED
        )
    with transaction() as session:
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        found = select(Patient).where(Patient.public_id == patient).with_for_update()
        row = session.scalar(found)
        if row is None:
            raise NotFoundError("patient", field="patient_id")
        before, row.prefers = row.prefers, list(dict.fromkeys(resources))
        session.flush()
        audit.record(
            "patient.preferred",
            audit.Subject("patient", patient, scope.facility_id),
            by=by,
            now=now,
            before={"prefers": before},
            after={"prefers": row.prefers},
        )
        return view(row)


def set_needs(
    patient: UUID,
    needs: Collection[Need],
    *,
    by: Actor,
    now: datetime,
    scope: Scope,
) -> PatientView:
    """
    Say what a person needs: it may give them precedence where they wait.

    :raises NotFoundError: if there is no such patient
    """
    with transaction() as session:
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        found = select(Patient).where(Patient.public_id == patient).with_for_update()
        row = session.scalar(found)
        if row is None:
            raise NotFoundError("patient", field="patient_id")
        before, row.needs = row.needs, sorted(set(needs))
        session.flush()
        audit.record(
            "patient.needs_set",
            audit.Subject("patient", patient, scope.facility_id),
            by=by,
            now=now,
            before={"needs": before},
            after={"needs": row.needs},
        )
        return view(row)


def _next_mrn() -> str:
    """Draw numbers until one is free: some were given by hand."""
    while True:
        drawn = str(db.session.scalar(select(MRN.next_value())))
        used = select(Patient.id).where(Patient.mrn == drawn)
        if db.session.scalar(used) is None:
            return drawn


def _check_birth(order: NewPatient, *, today: date) -> None:
    if order.birth_date is not None and order.birth_year is not None:
        raise InputError(field="birth_year", reason="both_births")
    year = order.birth_date.year if order.birth_date else order.birth_year
    if year is not None and not OLDEST <= year <= today.year:
        field = "birth_date" if order.birth_date else "birth_year"
        raise InputError(field=field, reason="between", least=OLDEST, most=today.year)
    if order.birth_date is not None and order.birth_date > today:
        raise InputError(field="birth_date", reason="future")
