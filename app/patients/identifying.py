"""Numbers that others have given a patient, each of one patient alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core import events as house
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import NotFoundError
from app.patients import abha
from app.patients.carrying import carry
from app.patients.errors import IdentifierTakenError, MergeError
from app.patients.events import Merging
from app.patients.models import Patient, PatientIdentifier
from app.patients.rows import view
from app.patients.views import Identifier


def listen() -> None:
    """Let numbers follow a patient who is merged; called at composition."""
    carry(PatientIdentifier)
    house.subscribe(Merging, _one_number)


def identify(
    patient: UUID, number: str, *, by: Actor, now: datetime, scope: Scope
) -> bool:
    """
    Keep a patient's ABHA number; say whether it is verified to be theirs.

    Saying the same number again changes nothing, unless it is verified only now.

    :raises IdentifierTakenError: if it is another's, or they have another
    :raises InputError: if it is no such number
    :raises NotFoundError: if there is no such patient
    """
    read = abha.read(number)
    taken = IdentifierTakenError(field="abha")
    names = ("kind_value", "patient_id_kind")
    means = {f"uq_patient_identifiers_{name}": taken for name in names}
    with transaction() as session, constraints(means):
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        found = select(Patient).where(Patient.public_id == patient).with_for_update()
        row = session.scalar(found)
        if row is None:
            raise NotFoundError("patient", field="patient_id")
        sure = abha.is_of(read, view(row))
        kept = _kept(row.id)
        if kept is None:
            kept = PatientIdentifier(patient_id=row.id, kind=Identifier.ABHA)
            kept.value, kept.created_at = read, now
            session.add(kept)
        elif kept.value != read:
            raise taken
        elif kept.verified_at is not None or not sure:
            return kept.verified_at is not None
        kept.verified_at = now if sure else None
        session.flush()
        audit.record(
            "patient.identified",
            audit.Subject("patient", patient, scope.facility_id),
            by=by,
            now=now,
            after={"kind": Identifier.ABHA, "verified": sure},
        )
        return sure


def _kept(patient_id: int) -> PatientIdentifier | None:
    return db.session.scalar(
        select(PatientIdentifier).where(
            PatientIdentifier.patient_id == patient_id,
            PatientIdentifier.kind == Identifier.ABHA,
        )
    )


def _one_number(event: Merging) -> None:
    """Let no two numbers come to one patient: who has two is two people."""
    both = [event.kept_id, event.merged_id]
    found = (
        select(func.count())
        .where(PatientIdentifier.patient_id.in_(both))
        .group_by(PatientIdentifier.kind)
    )
    if any(many > 1 for many in db.session.scalars(found)):
        raise MergeError(reason="two_numbers")
