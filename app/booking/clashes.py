"""Who is in the way: turns claims that block into what a person can act on."""

from collections.abc import Iterable

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking.models import Appointment, BookingResource, Participant
from app.booking.units import Held
from app.booking.views import Clash
from app.core.actor import Actor
from app.core.db import db
from app.patients import internal as patients


def told(resource: str, held: Iterable[Held], by: Actor) -> list[Clash]:
    """
    Name each claim's booking, patient and booker; a token slot has none of them.

    Who may not see the patients of that booking's facility is told no name.
    """
    ids = [each.id for each in held]
    rows = db.session.execute(
        select(BookingResource.during, Appointment, Participant.patient_id)
        .outerjoin(Appointment, Appointment.id == BookingResource.appointment_id)
        .outerjoin(Participant, Participant.appointment_id == Appointment.id)
        .where(BookingResource.id.in_(ids))
        .order_by(BookingResource.id)
    ).all()
    people = patients.many(
        patient
        for _, booking, patient in rows
        if patient is not None and _may_know(booking.facility_id, by)
    )
    return [
        Clash(
            resource=resource,
            span=during,
            reference=booking.reference if booking else None,
            patient=people[patient].name if patient in people else None,
            booked_by=booking.booked_by_name if booking else None,
            booked_at=booking.booked_at if booking else None,
        )
        for during, booking, patient in rows
    ]


def _may_know(facility_id: int, by: Actor) -> bool:
    return accounts.allowed(by, Permission.VIEW_PATIENTS, Scope(facility_id))
