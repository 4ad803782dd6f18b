"""The secret address of a visit, which each who takes part has from booking on."""

import re
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.booking import seats
from app.booking.models import Appointment, Participant
from app.booking.seats import Seat
from app.core.db import db
from app.core.errors import NotFoundError

_SECRET = re.compile(r"[\w-]{20,43}", re.ASCII)
# Shorter than any secret may be, so it is nobody's.
_NOBODYS = "-"


def whose(secret: str) -> Seat | None:
    """Give the seat whose secret it is; what cannot be one is sought all the same."""
    # One way for both: how long the answer takes must not tell them apart.
    sought = secret if _SECRET.fullmatch(secret) else _NOBODYS
    return next(iter(seats.of_secret(sought)), None)


def seat_of(secret: str) -> Seat:
    """
    Give the seat whose secret it is.

    :raises NotFoundError: if it is nobody's
    """
    seat = whose(secret)
    if seat is None:
        raise NotFoundError("slip")
    return seat


def secrets(numbers: Iterable[int]) -> dict[int, str]:
    """Give the secrets of participants by row number, in one statement."""
    rows = db.session.execute(
        select(Participant.id, Participant.secret).where(
            Participant.id.in_(set(numbers))
        )
    )
    return {row.id: row.secret for row in rows}


def booked(appointment: UUID, by: str) -> str | None:
    """Give the secret of whom somebody booked, by the key they act under."""
    return db.session.scalar(
        select(Participant.secret)
        .join(Appointment, Appointment.id == Participant.appointment_id)
        .where(Appointment.public_id == appointment, Appointment.booked_by == by)
        .order_by(Participant.id)
        .limit(1)
    )


def of_appointment(appointment: UUID) -> dict[int, str]:
    """Give the secrets of who takes part by patients' row numbers, in one statement."""
    rows = db.session.execute(
        select(Participant.patient_id, Participant.secret)
        .join(Appointment, Appointment.id == Participant.appointment_id)
        .where(Appointment.public_id == appointment)
    )
    return {row.patient_id: row.secret for row in rows}
