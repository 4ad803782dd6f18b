"""Put right what is known of a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor, ActorKind
from app.core.db import transaction
from app.core.errors import ForbiddenError, NotFoundError
from app.patients.models import Patient
from app.patients.registering import REGISTERED, details
from app.patients.rows import view
from app.patients.views import Details, PatientView


def correct(
    patient: UUID, order: Details, *, by: Actor, now: datetime, scope: Scope
) -> PatientView:
    """
    Put right what is known of a person; the record number and the needs stay.

    Who is no staff corrects only whom they registered themselves.

    :raises ForbiddenError: if that was somebody else, or they may not here
    :raises InputError: if a field cannot be right
    :raises NotFoundError: if there is no such patient, or they went up in another
    """
    wanted = details(order, today=now.date())
    with transaction() as session:
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        found = select(Patient).where(
            Patient.public_id == patient, Patient.merged_into_id.is_(None)
        )
        row = session.scalar(found.with_for_update())
        if row is None:
            raise NotFoundError("patient", field="patient_id")
        if by.kind is ActorKind.PATIENT and not audit.did(
            REGISTERED, audit.Subject("patient", patient), by
        ):
            raise ForbiddenError(permission=Permission.REGISTER_PATIENTS.value)
        before = _changed(row, wanted)
        for name in before:
            setattr(row, name, wanted[name])
        session.flush()
        if before:
            audit.record(
                "patient.corrected",
                audit.Subject("patient", patient, scope.facility_id),
                by=by,
                now=now,
                before=before,
                after={name: wanted[name] for name in before},
            )
    return view(row)


def _changed(row: Patient, wanted: dict[str, Any]) -> dict[str, Any]:
    """Give what is to be another, as it was."""
    was = {name: getattr(row, name) for name in wanted}
    return {name: old for name, old in was.items() if old != wanted[name]}
