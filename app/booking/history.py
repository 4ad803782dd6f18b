"""What rules ask of the past and of the neighbourhood."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from app.booking import reach
from app.booking.kinds import Role
from app.booking.models import Appointment, BookingResource, Participant
from app.booking.states import LIVE, SEEN, TAKES_PLACE
from app.core.db import db
from app.core.spans import Span
from app.directory.views import ResourceView
from app.patients.views import PatientView

# Who only came along was not seen; but they cannot be elsewhere then.
_THEIRS = Participant.role == Role.PATIENT


class Past:
    """
    Answers from the database, leaving out the appointment that is being moved.

    A hold that has run out is nobody's, wherever it was.
    """

    def __init__(self, now: datetime, without: int | None = None) -> None:
        """Leave out the appointment of that row number."""
        self._without = without
        expires = Appointment.hold_expires_at
        self._stands = or_(expires.is_(None), expires > now)

    def last_visit(
        self, patient: PatientView, *, resource_id: int | None, before: datetime
    ) -> datetime | None:
        where = [
            Participant.patient_id == patient.id,
            _THEIRS,
            Participant.status.in_(SEEN),
            func.lower(Appointment.during) < before,
        ]
        if resource_id is not None:
            where.append(Appointment.resource_id == resource_id)
        return self._latest(where)

    def last_of_type(
        self, patient: PatientView, type_id: int, before: datetime
    ) -> datetime | None:
        return self._latest(
            [
                Participant.patient_id == patient.id,
                _THEIRS,
                Participant.status.in_(TAKES_PLACE),
                Appointment.type_id == type_id,
                func.lower(Appointment.during) < before,
            ]
        )

    def active_on(self, patient: PatientView, resource_id: int, day: Span) -> list[str]:
        return self._references(
            patient,
            _THEIRS,
            Appointment.resource_id == resource_id,
            Appointment.during.bool_op("&&")(day),
        )

    def overlapping(self, patient: PatientView, span: Span) -> list[str]:
        return self._references(patient, Appointment.during.bool_op("&&")(span))

    def neighbours(self, resource: ResourceView, span: Span) -> list[Span]:
        found = select(BookingResource.during).where(
            BookingResource.resource_id == resource.id,
            BookingResource.active,
            reach.claims(span),
            BookingResource.appointment_id.is_distinct_from(self._without),
        )
        return list(db.session.scalars(found.order_by(BookingResource.during)))

    def _latest(self, where: list[ColumnElement[bool]]) -> datetime | None:
        start = func.lower(Appointment.during)
        return db.session.scalar(
            select(start)
            .join(Participant, Participant.appointment_id == Appointment.id)
            .where(Appointment.id.is_distinct_from(self._without), self._stands, *where)
            .order_by(start.desc())
            .limit(1)
        )

    def _references(
        self, patient: PatientView, *where: ColumnElement[bool]
    ) -> list[str]:
        return list(
            db.session.scalars(
                select(Appointment.reference)
                .join(Participant, Participant.appointment_id == Appointment.id)
                .where(
                    Participant.patient_id == patient.id,
                    Participant.status.in_(LIVE),
                    Appointment.id.is_distinct_from(self._without),
                    self._stands,
                    *where,
                )
                .order_by(Appointment.id)
            )
        )
