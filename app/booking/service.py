"""Acts of booking: book a token, book a time, move, cancel."""

from datetime import datetime
from uuid import UUID, uuid4

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import claims, idempotency, moving, places, references, rows, tokens
from app.booking.kinds import Kind
from app.booking.models import Appointment, Participant
from app.booking.states import Status
from app.booking.views import AppointmentView, NewPlace, NewTimed, NewToken, Once
from app.core import locks
from app.core.actor import Actor
from app.core.db import db, hold_all, transaction
from app.core.spans import Span, local_date
from app.core.text import clean
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients import internal as patients

NOTE = 500


def book_token(order: NewToken, *, by: Actor, now: datetime) -> AppointmentView:
    """
    Book a token in a slot and draw its number.

    :raises NotFoundError: if the order names something that is not there
    :raises NotOfferedError: if no slot for that type starts at that moment
    :raises OverError: if the slot has ended
    :raises SlotFullError: if every token of the slot is given
    :raises SlotTakenError: if a timed booking took the slot's time
    """
    keys = places.lock_keys([order.resource_id])
    with locks.hold(keys), transaction():
        before = idempotency.begin(order.once, by=by, now=now)
        if before is not None:
            return rows.one(before)
        hold_all(keys)
        facility = directory.facility(order.facility_id)
        resource = directory.resource(order.resource_id, facility.id)
        scope = places.scope(facility, [resource])
        accounts.require(by, Permission.BOOK, scope)
        kind = directory.appointment_type(order.type_id)
        patient = patients.one(order.patient_id)
        slot = places.token_slot(facility, resource, kind, order.starts_at, now=now)
        slot_id = tokens.take_place(resource, slot, by=by, now=now)
        booking = _appointment(facility, resource, kind, slot.span, by=by, now=now)
        booking.kind, booking.token_slot_id = Kind.TOKEN, slot_id
        booking.note = clean(order.note, field="note", most=NOTE)
        booking.channel = order.channel
        moving.came_from(booking, slot.source)
        token_id = tokens.draw(resource, local_date(slot.span.start, facility.zone))
        _keep(booking, patient.id, token_id)
        return _booked(booking, order.once, by=by, now=now)


def book_timed(order: NewTimed, *, by: Actor, now: datetime) -> AppointmentView:
    """
    Book resources for a time, each for its own part of it.

    :raises InputError: if the times or resources cannot be right
    :raises NotFoundError: if the order names something that is not there
    :raises NotOfferedError: if a resource does not offer its part as open time
    :raises OverError: if the time has gone by
    :raises SlotTakenError: naming every booking that is in the way
    """
    keys = places.lock_keys([want.resource_id for want in order.resources])
    with locks.hold(keys), transaction():
        before = idempotency.begin(order.once, by=by, now=now)
        if before is not None:
            return rows.one(before)
        hold_all(keys)
        facility = directory.facility(order.facility_id)
        kind = directory.appointment_type(order.type_id)
        span = places.timed_span(order.starts_at, order.ends_at, kind, now=now)
        wanted = places.parts(order.resources, span, facility)
        scope = places.scope(facility, [part.resource for part in wanted])
        accounts.require(by, Permission.BOOK, scope)
        patient = patients.one(order.patient_id) if order.patient_id else None
        asked, opening = places.offered_claims(facility, wanted, kind)
        principal = wanted[0].resource
        booking = _appointment(facility, principal, kind, span, by=by, now=now)
        booking.kind = Kind.TIMED
        booking.note = clean(order.note, field="note", most=NOTE)
        booking.channel = order.channel
        moving.came_from(booking, opening.source)
        _keep(booking, patient.id if patient else None)
        claims.take(asked, claims.Owner(appointment_id=booking.id), by=by, now=now)
        return _booked(booking, order.once, by=by, now=now)


def move(
    appointment: UUID,
    to: NewPlace,
    *,
    by: Actor,
    now: datetime,
    once: Once | None = None,
) -> AppointmentView:
    """
    Move an appointment: the new place is had before the old one is given back.

    A token that stays on its doctor's day keeps its number, else it draws a new one.

    :raises StatusError: if it is not waiting to happen any more
    :raises ChangedError: if somebody changed it since `to.revision`
    :raises NotOfferedError: if the new place is not offered
    :raises OverError: if the new time has gone by
    :raises SlotFullError: if every token of the new slot is given
    :raises SlotTakenError: naming every booking that is in the way
    """
    return moving.move(appointment, to, by=by, now=now, once=once)


def cancel(
    appointment: UUID,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> AppointmentView:
    """
    Cancel an appointment and give its place back; its number is never reused.

    :raises InputError: if no reason is given
    :raises StatusError: if it has begun, is over or off already
    :raises ChangedError: if somebody changed it since `revision`
    """
    why = clean(reason, field="reason", least=1, most=200)
    keys = rows.lock_keys(appointment)
    with locks.hold(keys), transaction():
        hold_all(keys)
        booking = rows.for_change(appointment, revision, keys)
        told = rows.one(appointment)
        scope = rows.scope_of(told)
        accounts.require(by, Permission.CANCEL, scope)
        rows.step(booking, Status.CANCELLED)
        booking.cancel_reason = why
        moving.give_back(booking)
        db.session.flush()
        audit.record(
            "appointment.cancelled",
            audit.Subject("appointment", appointment, booking.facility_id),
            by=by,
            now=now,
            before={"status": told.status},
            after={"status": booking.status, "reason": why},
        )
        return rows.one(appointment)


def _appointment(  # noqa: PLR0913 - what every booking has from its first moment
    facility: FacilityView,
    resource: ResourceView,
    kind: TypeView,
    span: Span,
    *,
    by: Actor,
    now: datetime,
) -> Appointment:
    return Appointment(
        public_id=uuid4(),
        reference=references.fresh(),
        facility_id=facility.id,
        resource_id=resource.id,
        type_id=kind.id,
        status=Status.SCHEDULED,
        during=span,
        booked_by=by.key,
        booked_by_name=by.name,
        booked_at=now,
        revision=1,
    )


def _keep(
    booking: Appointment, patient_id: int | None, token_id: int | None = None
) -> None:
    db.session.add(booking)
    db.session.flush()
    if patient_id is not None:
        db.session.add(
            Participant(
                appointment_id=booking.id,
                patient_id=patient_id,
                status=booking.status,
                token_id=token_id,
            )
        )
        db.session.flush()


def _booked(
    booking: Appointment, once: Once | None, *, by: Actor, now: datetime
) -> AppointmentView:
    idempotency.keep(once, booking.public_id, by=by)
    told = rows.one(booking.public_id)
    audit.record(
        "appointment.booked",
        audit.Subject("appointment", booking.public_id, booking.facility_id),
        by=by,
        now=now,
        after=rows.for_trail(told),
    )
    return told
