"""Whose follow-up is due: who was seen by that doctor or department not long ago."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.booking.kinds import Role
from app.booking.models import Appointment, Participant
from app.booking.rules.case import Case, Judges
from app.booking.states import Status
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import NotFoundError, RuleError
from app.directory import internal as directory
from app.directory.kinds import Category
from app.directory.views import FacilityView, ResourceView


def judge(it: Case, sides: Collection[Judges], *, by: Actor) -> None:
    """
    Let patients book what is marked public, and follow-ups only when one is due.

    :raises NotFoundError: if patients do not book that type themselves
    :raises RuleError: if the patient was not seen there, or too long ago
    """
    if by.kind is not ActorKind.PATIENT:
        return
    if not it.type.public:
        raise NotFoundError("type", field="type_id")
    who = it.patient
    if it.type.category is not Category.FOLLOW_UP or Judges.PATIENT not in sides:
        return
    days, last = it.type.follow_up_days, None
    if who is not None:
        seen = last_visits(it.facility, it.resource, [who.id], before=it.span.start)
        last = seen.get(who.id)
    if last is None or it.span.start - last > timedelta(days=days):
        raise RuleError(field="type_id", rule="follow_up_window", days=days, last=last)


def last_visits(
    facility: FacilityView,
    resource: ResourceView,
    patients: Collection[int],
    *,
    before: datetime,
) -> dict[int, datetime]:
    """
    Tell when patients were last seen by a resource or its department.

    By row numbers; who was not is left out.
    """
    part = resource.department_id
    near = {resource.id} | {
        each.id
        for each in directory.resources(facility.id)
        if part is not None and each.department_id == part
    }
    found = db.session.execute(
        select(Participant.patient_id, func.max(func.lower(Appointment.during)))
        .join(Appointment, Appointment.id == Participant.appointment_id)
        .where(
            Participant.patient_id.in_(patients),
            Participant.status == Status.COMPLETED,
            Participant.role == Role.PATIENT,
            Appointment.facility_id == facility.id,
            Appointment.resource_id.in_(near),
            func.lower(Appointment.during) < before,
        )
        .group_by(Participant.patient_id)
    )
    return {row[0]: row[1] for row in found}
