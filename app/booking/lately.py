"""With whom patients were last, so that the same can be booked again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.booking.kinds import Role
from app.booking.models import Appointment, Participant
from app.booking.states import OFF, TAKES_PLACE
from app.core.db import db
from app.directory import internal as directory
from app.directory.views import FacilityView

_WAS = TAKES_PLACE - OFF


class LastView(Struct, frozen=True):
    """Whom a patient saw last, and what for, by their public ids."""

    patient: UUID
    resource: UUID
    type: UUID


def last_of(
    facility: FacilityView, patients: Collection[tuple[int, UUID]], *, now: datetime
) -> list[LastView]:
    """Give the last visit of patients there; they come by row number and public id."""
    named = dict(patients)
    here = {each.id: each.public_id for each in directory.resources(facility.id)}
    types = directory.types()
    start = func.lower(Appointment.during)
    found = db.session.execute(
        select(Participant.patient_id, Appointment.resource_id, Appointment.type_id)
        .join(Appointment, Appointment.id == Participant.appointment_id)
        .ext(distinct_on(Participant.patient_id))
        .where(
            Participant.patient_id.in_(named),
            Participant.status.in_(_WAS),
            Participant.role == Role.PATIENT,
            Appointment.facility_id == facility.id,
            start <= now,
        )
        .order_by(Participant.patient_id, start.desc())
    )
    return [
        LastView(named[patient], here[resource], types[kind].public_id)
        for patient, resource, kind in found
        if resource in here
    ]
