"""What higher rooms call: people by id, without asking who wants to know."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select

from app.core.db import db
from app.core.errors import NotFoundError
from app.patients.models import Patient
from app.patients.rows import view
from app.patients.views import PatientView


def one(public_id: UUID, *, field: str = "patient_id") -> PatientView:
    """
    Give one patient.

    :raises NotFoundError: if there is no such patient
    """
    found = db.session.scalar(_ONE, {"public_id": public_id})
    if found is None:
        raise NotFoundError("patient", field=field)
    return view(found)


_ONE = select(Patient).where(Patient.public_id == bindparam("public_id"))


def by_mrn(mrn: str) -> PatientView | None:
    found = db.session.scalar(select(Patient).where(Patient.mrn == mrn))
    return None if found is None else view(found)


def many(ids: Iterable[int]) -> dict[int, PatientView]:
    """Give patients by row number, in one statement."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.scalars(select(Patient).where(Patient.id.in_(wanted)))
    return {row.id: view(row) for row in rows}
