"""Moving an appointment to another place, and giving a place back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.availability.views import Origin, Source
from app.booking import claims, idempotency, places, rows, tokens
from app.booking.errors import StatusError
from app.booking.kinds import Kind
from app.booking.models import Appointment, Participant
from app.booking.states import MOVABLE
from app.booking.views import AppointmentView, NewPlace, Once, Want
from app.core import locks
from app.core.actor import Actor
from app.core.db import db, hold_all, transaction
from app.core.spans import Span, local_date
from app.directory import internal as directory


def move(
    appointment: UUID, to: NewPlace, *, by: Actor, now: datetime, once: Once | None
) -> AppointmentView:
    """Move an appointment; `service.move` says what may be raised."""
    extra = places.lock_keys([to.resource_id]) if to.resource_id else []
    keys = [*rows.lock_keys(appointment), *extra]
    with locks.hold(keys), transaction():
        before = idempotency.begin(once, by=by, now=now)
        if before is not None:
            return rows.one(before)
        hold_all(keys)
        booking = rows.for_change(appointment, to.revision, keys)
        told = rows.one(appointment)
        accounts.require(by, Permission.MODIFY, rows.scope_of(told))
        if booking.status not in MOVABLE:
            raise StatusError(status=booking.status.value, wanted="moved")
        if booking.kind is Kind.TOKEN:
            _move_token(booking, told, to, by=by, now=now)
        else:
            _move_timed(booking, told, to, by=by, now=now)
        booking.revision += 1
        db.session.flush()
        moved = rows.one(appointment)
        accounts.require(by, Permission.MODIFY, rows.scope_of(moved))
        idempotency.keep(once, appointment, by=by)
        audit.record(
            "appointment.moved",
            audit.Subject("appointment", appointment, booking.facility_id),
            by=by,
            now=now,
            before=rows.for_trail(told),
            after=rows.for_trail(moved),
        )
        return moved


def give_back(booking: Appointment) -> None:
    """Give back the places an appointment takes; its token number is never reused."""
    if booking.token_slot_id is not None:
        tokens.give_place_back(booking.token_slot_id)
    claims.release(claims.Owner(appointment_id=booking.id))


def came_from(booking: Appointment, source: Source) -> None:
    """Keep which availability or exception offered the place."""
    if source.origin is Origin.EXCEPTION:
        booking.exception_id, booking.availability_id = source.id, None
    else:
        booking.availability_id, booking.exception_id = source.id, None


def _move_token(
    booking: Appointment,
    told: AppointmentView,
    to: NewPlace,
    *,
    by: Actor,
    now: datetime,
) -> None:
    facility = told.facility
    resource = (
        directory.resource(to.resource_id, facility.id)
        if to.resource_id
        else told.resource
    )
    slot = places.token_slot(facility, resource, told.type, to.starts_at, now=now)
    if (resource.id, slot.span) == (told.resource.id, told.span):
        return
    left_behind = booking.token_slot_id
    booking.token_slot_id = tokens.take_place(resource, slot, by=by, now=now)
    assert left_behind is not None
    tokens.give_place_back(left_behind)
    booking.resource_id, booking.during = resource.id, slot.span
    came_from(booking, slot.source)
    db.session.flush()
    day = local_date(slot.span.start, facility.zone)
    for participant in _participants(booking):
        if participant.token_id is None or not tokens.same_series(
            participant.token_id, resource, day
        ):
            participant.token_id = tokens.draw(resource, day)


def _move_timed(
    booking: Appointment,
    told: AppointmentView,
    to: NewPlace,
    *,
    by: Actor,
    now: datetime,
) -> None:
    ends_at = to.ends_at or to.starts_at + told.span.length
    span = places.timed_span(to.starts_at, ends_at, told.type, now=now)
    wants = _shifted(told, to, span)
    wanted = places.parts(wants, span, told.facility)
    # Its own claims must not stand in its own way; a refusal brings them back.
    claims.release(claims.Owner(appointment_id=booking.id), for_good=True)
    asked, opening = places.offered_claims(told.facility, wanted, told.type)
    claims.take(asked, claims.Owner(appointment_id=booking.id), by=by, now=now)
    booking.resource_id, booking.during = wanted[0].resource.id, span
    came_from(booking, opening.source)


def _shifted(told: AppointmentView, to: NewPlace, span: Span) -> tuple[Want, ...]:
    """
    Give the same resources at the new time, the principal one perhaps another.

    A part that was the whole appointment stays the whole; any other keeps its length
    and its distance from the start.
    """
    shift = span.start - told.span.start
    wants = []
    for claim in told.resources:
        principal = claim.resource.id == told.resource.id
        whole = claim.during == told.span
        wants.append(
            Want(
                (principal and to.resource_id) or claim.resource.public_id,
                None
                if whole
                else Span(claim.during.start + shift, claim.during.end + shift),
            )
        )
    return tuple(wants)


def _participants(booking: Appointment) -> list[Participant]:
    found = select(Participant).where(Participant.appointment_id == booking.id)
    return list(db.session.scalars(found.order_by(Participant.id)))
