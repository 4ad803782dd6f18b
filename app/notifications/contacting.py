"""The row that says how a patient is reached: begun when it is first needed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import Insert, insert

from app.notifications.kinds import Channel
from app.notifications.models import Contact


def begin(patient_id: int, **known: Any) -> Insert:
    """Insert the row of who never said how; `known` are columns that are known."""
    never = {"channel": Channel.UNDECIDED.value, "email": "", "agreed_by": ""}
    return insert(Contact).values(patient_id=patient_id, **(never | known))


def keep(
    patient_id: int, known: Mapping[str, Any], changed: Mapping[str, Any]
) -> Insert:
    """Begin the row with what is known, or change columns of the one there is."""
    return begin(patient_id, **known).on_conflict_do_update(
        index_elements=["patient_id"], set_=changed
    )
