"""Acts on patients: register, remember what they prefer and need."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import InputError, NotFoundError
from app.patients.correcting import correct
from app.patients.devices import forget_devices, remember, revoke_device
from app.patients.identifying import identify
from app.patients.joining import join, join_by_abha
from app.patients.merging import merge, undo_merge
from app.patients.models import Patient
from app.patients.registering import MrnTakenError, register
from app.patients.rows import view
from app.patients.views import Need, PatientView

__all__ = [
    "MrnTakenError",
    "correct",
    "forget_devices",
    "identify",
    "join",
    "join_by_abha",
    "merge",
    "prefer",
    "register",
    "remember",
    "revoke_device",
    "set_needs",
    "undo_merge",
]

MOST_PREFERRED = 10


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
