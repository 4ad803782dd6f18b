"""One participant of one appointment, as rooms above see them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    bindparam,
    func,
    select,
)

from app.booking import tokens
from app.booking.kinds import Kind
from app.booking.models import Appointment, Participant, Token, TokenSeries
from app.booking.states import Status
from app.booking.views import AppointmentView
from app.core.constant import Constant
from app.core.db import db, table
from app.core.spans import Span
from app.patients import internal as patients
from app.patients.views import PatientView


class Seat(Struct, frozen=True):
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


_TOKEN = (
    select(func.json_build_array(TokenSeries.prefix, Token.number))
    .where(Token.id == Participant.token_id, TokenSeries.id == Token.series_id)
    .correlate(Participant)
    .scalar_subquery()
)


def of_participants(numbers: Iterable[int]) -> dict[int, Seat]:
    """Give participants by row number, in one statement."""
    wanted = set(numbers)
    if not wanted:
        return {}
    found = _read(Participant.id.in_(wanted))
    return {seat.participant_id: seat for seat in found}


def of_appointment(public_id: UUID) -> list[Seat]:
    """Give who takes part in an appointment, in the order in which they were added."""
    db.session.flush()
    rows = _TOGETHER.send({"public_id": public_id})
    return [_seat(*row) for row in rows]


def seated(told: AppointmentView) -> list[Seat]:
    """Give who takes part as a view has it; they are read where it knows no rows."""
    rows = [each.number for each in told.participants if each.number is not None]
    if len(rows) < len(told.participants):
        return of_appointment(told.id)
    return [
        Seat(
            row,
            each.patient.id,
            each.status,
            each.token,
            told.id,
            told.reference,
            told.kind,
            told.span,
            told.facility.id,
            told.resource.id,
            told.type.id,
        )
        for row, each in zip(rows, told.participants, strict=True)
    ]


def referred(reference: str) -> list[Seat]:
    """Give who takes part in the appointment of a reference."""
    return _read(Appointment.reference == reference)


def of_secret(secret: str) -> list[Seat]:
    """Give the one who has a secret, if anybody has."""
    return _read(Participant.secret == secret)


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


def of_participant(number: int) -> tuple[Seat, PatientView]:
    """Give one participant by row number and who they are, in one statement."""
    db.session.flush()
    row = _ONE.send({"number": number}).one()
    return _seat(*row[:-1]), patients.told(row[-1])


class Addressee(Struct, frozen=True):
    """Whom to tell something of an appointment, and the secret of their visit."""

    patient_id: int
    appointment_id: UUID
    reference: str
    secret: str
    token: str | None


def beside(number: ColumnElement[int]) -> ColumnElement[Any]:
    """Select an addressee, as JSON for `addressee`, by another room's row number."""
    told = func.json_build_array(
        Participant.patient_id,
        Appointment.public_id,
        Appointment.reference,
        Participant.secret,
        _TOKEN,
    )
    found = select(told).join(Appointment, Appointment.id == Participant.appointment_id)
    return found.where(Participant.id == number).scalar_subquery()


def addressee(told: Sequence[Any]) -> Addressee:
    """Make the view of what `beside` selected."""
    patient_id, appointment_id, reference, secret, token = told
    label = None if token is None else tokens.label(*token)
    return Addressee(patient_id, UUID(appointment_id), reference, secret, label)


def seat_beside(number: SQLColumnExpression[int]) -> ColumnElement[Any]:
    """Select a participant and who they are, as JSON for `seat`, by another's row."""
    found = _ALL.with_only_columns(
        func.json_build_array(
            *_ALL.selected_columns, patients.beside(table(Participant).c.patient_id)
        )
    )
    return found.where(Participant.id == number).order_by(None).scalar_subquery()


def seat(told: Sequence[Any]) -> tuple[Seat, PatientView]:
    """Make the views of what `seat_beside` selected."""
    number, patient_id, status, token, appointment_id, *more, patient = told
    reference, kind, start, end, *where = more
    span = map(datetime.fromisoformat, (start, end))
    which = (UUID(appointment_id), reference, kind, *span)
    taken = _seat(number, patient_id, status, token, *which, *where)
    return taken, patients.told(patient)


def _read(*conditions: ColumnElement[bool]) -> list[Seat]:
    rows = db.session.execute(_ALL.where(*conditions))
    return [_seat(*row) for row in rows]


def _seat(number: int, patient_id: int, status: str, *more: Any) -> Seat:
    token, appointment_id, reference, kind, start, end, *where = more
    return Seat(
        number,
        patient_id,
        Status(status),
        None if token is None else tokens.label(*token),
        appointment_id,
        reference,
        Kind(kind),
        Span(start, end),
        *where,
    )


_ALL: Select[Any] = (
    select(
        Participant.id,
        Participant.patient_id,
        Participant.status,
        _TOKEN,
        Appointment.public_id,
        Appointment.reference,
        Appointment.kind,
        func.lower(Appointment.during),
        func.upper(Appointment.during),
        Appointment.facility_id,
        Appointment.resource_id,
        Appointment.type_id,
    )
    .join(Appointment, Appointment.id == Participant.appointment_id)
    .order_by(Appointment.id, Participant.id)
)
_TOGETHER = Constant(_ALL.where(Appointment.public_id == bindparam("public_id")))
_ONE = Constant(
    _ALL.add_columns(patients.beside(table(Participant).c.patient_id)).where(
        Participant.id == bindparam("number")
    )
)
