"""When two patients turn out to be one: their visits must not clash."""

from sqlalchemy import func, select

from app.booking.models import (
    Appointment,
    Participant,
    ProcedurePatient,
    WaitlistEntry,
)
from app.booking.states import LIVE
from app.core import events as house
from app.core.db import db
from app.core.spans import local_date
from app.directory import internal as directory
from app.patients.carrying import carry
from app.patients.errors import MergeError
from app.patients.events import Merging


def listen() -> None:
    """Hear of patients that are merged; called at composition."""
    house.subscribe(Merging, _agree)
    carry(Participant, ProcedurePatient, WaitlistEntry)


def _agree(event: Merging) -> None:
    """
    Let nobody be in two places at once, or twice with a doctor on a day.

    :raises MergeError: naming the visits of both
    """
    _not_together(event)
    kept, merged = (_live(each) for each in (event.kept_id, event.merged_id))
    zones = {e.id: e.zone for e in directory.facilities().values()}
    for one in kept:
        for other in merged:
            zone = zones[one.facility_id]
            days = {local_date(each.during.start, zone) for each in (one, other)}
            if one.during.overlaps(other.during):
                _refuse("at_once", one, other)
            if one.resource_id == other.resource_id and len(days) == 1:
                _refuse("same_day", one, other)


def _not_together(event: Merging) -> None:
    """Refuse where both are in one appointment, or in one procedure."""
    both = [event.kept_id, event.merged_id]
    visits, cases = Participant.appointment_id, ProcedurePatient.procedure_id
    for found in (
        select(visits).where(Participant.patient_id.in_(both)).group_by(visits),
        select(cases).where(ProcedurePatient.patient_id.in_(both)).group_by(cases),
    ):
        twice = found.having(func.count() > 1).limit(1)
        if db.session.scalar(twice) is not None:
            raise MergeError(reason="together")


def _live(patient_id: int) -> list[Appointment]:
    """Give the visits that somebody still means to come to, or is at."""
    found = (
        select(Appointment)
        .join(Participant, Participant.appointment_id == Appointment.id)
        .where(
            Participant.patient_id == patient_id,
            Participant.status.in_(LIVE),
            Appointment.status.in_(LIVE),
        )
    )
    return list(db.session.scalars(found))


def _refuse(reason: str, one: Appointment, other: Appointment) -> None:
    raise MergeError(reason=reason, one=one.reference, other=other.reference)
