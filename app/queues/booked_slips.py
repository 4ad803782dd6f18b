"""Slips for who is booked and has not come yet: they say when, and open the status."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import internal as booking
from app.booking.internal import Seat
from app.booking.states import Status
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.patients.views import PatientView
from app.queues import slip_rows
from app.queues.models import Slip
from app.queues.views import BookedSlipView


def booked_slip(
    appointment: UUID, *, by: Actor, patient_id: UUID | None = None
) -> BookedSlipView:
    """
    Give the slip of somebody who is booked, else of the first of them who has not come.

    It is for who will check them in; once they have come, theirs is that of the queue.

    :raises NotFoundError: if there is nobody such, or not for this actor's eyes
    """
    told, due = _due(appointment, patient_id, by=by)
    seat = due[0][0]
    found = select(Slip).where(Slip.participant_id == seat.participant_id)
    slip = db.session.scalars(found).one_or_none()
    return _view(told, due, slip, by=by)


def confirm_booked_print(
    appointment: UUID,
    copy: int,
    *,
    by: Actor,
    now: datetime,
    patient_id: UUID | None = None,
) -> BookedSlipView:
    """
    Say that the slip of somebody who is booked came out on paper.

    It counts like that of the queue, which is another paper: this does not print it.

    :raises InputError: if a copy before it was never confirmed
    :raises NotFoundError: if there is nobody such, or not for this actor's eyes
    """
    with transaction():
        told, due = _due(appointment, patient_id, by=by)
        slip = slip_rows.kept(due[0][0].participant_id, now=now)
        if slip_rows.count(slip, copy, now=now):
            act = "slip_printed" if copy == 1 else "slip_reprinted"
            audit.record(
                f"appointment.{act}",
                audit.Subject("appointment", told.id, told.facility.id),
                by=by,
                now=now,
                after={"copy": copy},
            )
        return _view(told, due, slip, by=by)


def _due(
    appointment: UUID, patient_id: UUID | None, *, by: Actor
) -> tuple[AppointmentView, list[tuple[Seat, PatientView]]]:
    """Give who has not come yet: whom is asked for, and then the others."""
    told = booking.seen(appointment, by)
    accounts.require(by, Permission.CHECK_IN, booking.scope_of(told))
    people = {each.patient.id: each.patient for each in told.participants}
    due = [
        (seat, people[seat.patient_id])
        for seat in booking.of_appointment(appointment)
        if seat.status is Status.SCHEDULED
    ]
    due.sort(key=lambda each: patient_id not in {None, each[1].public_id})
    if not due or patient_id not in {None, due[0][1].public_id}:
        raise NotFoundError("slip")
    return told, due


def _view(
    told: AppointmentView,
    due: Sequence[tuple[Seat, PatientView]],
    slip: Slip | None,
    *,
    by: Actor,
) -> BookedSlipView:
    names = accounts.allowed(by, Permission.VIEW_PATIENTS, booking.scope_of(told))
    (seat, patient), *rest = due
    return BookedSlipView(
        facility=told.facility,
        resource=told.resource,
        patient=patient if names else None,
        patient_id=patient.public_id,
        others=tuple(each for _, each in rest) if names else (),
        token=seat.token,
        reference=seat.reference,
        span=told.span,
        secret=booking.secrets([seat.participant_id])[seat.participant_id],
        prints=slip.prints if slip else 0,
        printed_at=slip.printed_at if slip else None,
    )
