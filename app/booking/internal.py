"""What higher rooms call: move a visit along its lifecycle, look procedures up."""

from datetime import datetime
from uuid import UUID

from app.booking import guard, planning, rows, visits
from app.booking.states import Status
from app.booking.views import ProcedureView
from app.core.actor import Actor
from app.directory.views import FacilityView


def advance(
    appointment: UUID,
    to: Status,
    *,
    by: Actor,
    now: datetime,
    patient_id: UUID | None = None,
) -> None:
    """
    Let a visit arrive, start, end or fail to happen, as the table of moves allows.

    A patient who does not show up leaves the time to others; a token's place stays
    theirs, since its slot is gone by then. Of a group, `patient_id` names the one.

    :raises NotFoundError: if there is no such appointment
    :raises StatusError: if the table does not lead there
    """
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, None, keys)
        told = rows.one(appointment)
        visits.go(booking, told, to, patient_id, by=by, now=now)


def procedures_named(facility: FacilityView, name: str) -> list[ProcedureView]:
    """Give the procedures of a facility by that name, but for those called off."""
    return planning.named(facility, name)
