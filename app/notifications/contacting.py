"""The row that says how a patient is reached: begun when it is first needed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import Insert, insert

from app.core.db import db
from app.notifications.kinds import Channel
from app.notifications.models import Contact


def begin(patient_id: int, **known: Any) -> Insert:
    """Insert the row of who never said how; `known` are columns that are known."""
    never = {"channel": Channel.UNDECIDED.value, "email": "", "agreed_by": ""}
    return insert(Contact).values(patient_id=patient_id, **(never | known))


def locked(patient_id: int) -> Contact | None:
    """Lock the row of a patient, as it is now; None if they never said how."""
    return db.session.scalar(_fresh(patient_id))


def begun(patient_id: int) -> Contact:
    """Lock the row of a patient, begun now if they never said how."""
    made = begin(patient_id).on_conflict_do_nothing(index_elements=["patient_id"])
    db.session.execute(made)
    return db.session.scalars(_fresh(patient_id)).one()


def _fresh(patient_id: int) -> Select[Contact]:
    found = select(Contact).where(Contact.patient_id == patient_id)
    return found.with_for_update().execution_options(populate_existing=True)


def keep(
    patient_id: int, known: Mapping[str, Any], changed: Mapping[str, Any]
) -> Insert:
    """Begin the row with what is known, or change columns of the one there is."""
    return begin(patient_id, **known).on_conflict_do_update(
        index_elements=["patient_id"], set_=changed
    )
