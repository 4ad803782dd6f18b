"""One participant of one appointment, as rooms above see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from app.booking import tokens
from app.booking.kinds import Kind
from app.booking.models import Appointment, Participant, Token, TokenSeries
from app.booking.states import Status
from app.core.db import db
from app.core.spans import Span


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody with an appointment: which one, with whom, and how far they are."""

    participant_id: int
    patient_id: int
    status: Status
    token: str | None
    appointment_id: UUID
    reference: str
    kind: Kind
    span: Span
    facility_id: int
    resource_id: int
    type_id: int


def of_participants(numbers: Iterable[int]) -> dict[int, Seat]:
    """Give participants by row number, in one statement."""
    wanted = set(numbers)
    if not wanted:
        return {}
    found = _read(Participant.id.in_(wanted))
    return {seat.participant_id: seat for seat in found}


def of_appointment(public_id: UUID) -> list[Seat]:
    """Give who takes part in an appointment, in the order in which they were added."""
    return _read(Appointment.public_id == public_id)


def referred(reference: str) -> list[Seat]:
    """Give who takes part in the appointment of a reference."""
    return _read(Appointment.reference == reference)


def on_day(facility_id: int, patients: Iterable[int], window: Span) -> list[Seat]:
    """Give the seats of some patients that begin within a time, the first one first."""
    wanted = set(patients)
    if not wanted:
        return []
    start = func.lower(Appointment.during)
    found = _read(
        Appointment.facility_id == facility_id,
        Participant.patient_id.in_(wanted),
        start >= window.start,
        start < window.end,
    )
    return sorted(found, key=lambda seat: seat.span.start)


def overdue(before: datetime) -> list[Seat]:
    """Give who was to have come, of appointments that ended before that moment."""
    return _read(
        Participant.status == Status.SCHEDULED,
        Appointment.status.in_(
            [Status.SCHEDULED, Status.CHECKED_IN, Status.IN_PROGRESS]
        ),
        func.upper(Appointment.during) <= before,
    )


def _read(*conditions: ColumnElement[bool]) -> list[Seat]:
    return [
        Seat(
            participant_id=person.id,
            patient_id=person.patient_id,
            status=person.status,
            token=None if number is None else tokens.label(prefix, number),
            appointment_id=booking.public_id,
            reference=booking.reference,
            kind=booking.kind,
            span=booking.during,
            facility_id=booking.facility_id,
            resource_id=booking.resource_id,
            type_id=booking.type_id,
        )
        for person, booking, prefix, number in db.session.execute(
            _statement().where(*conditions)
        )
    ]


def _statement() -> Select[Participant, Appointment, str, int]:
    return (
        select(Participant, Appointment, TokenSeries.prefix, Token.number)
        .join(Appointment, Appointment.id == Participant.appointment_id)
        .outerjoin(Token, Token.id == Participant.token_id)
        .outerjoin(TokenSeries, TokenSeries.id == Token.series_id)
        .order_by(Appointment.id, Participant.id)
    )
