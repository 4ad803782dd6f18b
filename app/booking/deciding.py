"""
Acts on requests: approve one, deny one, offer another place for it.

What nobody decided until its time had gone by expires.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.booking import (
    assignment,
    drafting,
    ending,
    guard,
    moving,
    rows,
    telling,
    tokens,
)
from app.booking.errors import StatusError
from app.booking.models import ASKED, Appointment
from app.booking.states import Status
from app.booking.views import AppointmentView, NewPlace
from app.core.actor import Actor
from app.core.db import db
from app.core.text import clean


def approve(
    appointment: UUID, *, by: Actor, now: datetime, revision: int | None = None
) -> AppointmentView:
    """
    Approve a request, after seeing that its place is still offered; draw its number.

    :raises ChangedError: if somebody changed it since `revision`
    :raises NotOfferedError: if the hours changed and the place is not offered now
    :raises OverError: if its time has gone by
    :raises StatusError: if it is no request
    """
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, revision, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.APPROVE, rows.scope_of(told))
        return _grant(booking, told, by=by, now=now)


def offer_place(
    appointment: UUID, to: NewPlace, *, by: Actor, now: datetime
) -> AppointmentView:
    """
    Offer another place than the one asked for; the request holds that one from now on.

    The place asked for is free again. Nobody needs to approve it once it is accepted,
    unless somebody moves the request meanwhile.

    :raises ChangedError: if somebody changed it since `to.revision`
    :raises NotOfferedError: if that place is not offered
    :raises SlotFullError: if every token of that slot is given
    :raises SlotTakenError: naming every booking that is in the way
    :raises StatusError: if it is no request
    """
    extra = guard.keys_of([to.resource_id]) if to.resource_id else []
    keys = [*rows.lock_keys(appointment), *extra, *assignment.keys_for(appointment)]
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, to.revision, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.APPROVE, rows.scope_of(told))
        _check_requested(booking)
        with telling.quietly():
            moving.carry(booking, to, None, by=by, now=now)
        booking.offered_at = now
        db.session.flush()
        offered = rows.one(appointment)
        telling.offered_instead(told, offered, by=by, now=now)
        return offered


def accept_place(
    appointment: UUID, *, by: Actor, now: datetime, revision: int | None = None
) -> AppointmentView:
    """
    Say yes, for the patient, to the place that was offered instead; draw its number.

    :raises ChangedError: if somebody changed it since `revision`
    :raises NotOfferedError: if the hours changed and the place is not offered now
    :raises OverError: if its time has gone by
    :raises StatusError: if no place is offered for it
    """
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, revision, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.REQUEST, rows.scope_of(told))
        if booking.offered_at is None:
            raise StatusError(status=booking.status.value, wanted="scheduled")
        return _grant(booking, told, by=by, now=now)


def _check_requested(booking: Appointment) -> None:
    if booking.status is not Status.REQUESTED:
        raise StatusError(status=booking.status.value, wanted="scheduled")


def _grant(
    booking: Appointment, told: AppointmentView, *, by: Actor, now: datetime
) -> AppointmentView:
    """Let a request be booked, if its place is offered still."""
    _check_requested(booking)
    drafting.check_offered(told, now=now)
    rows.step(booking, Status.SCHEDULED)
    db.session.flush()
    tokens.give_numbers(booking, told.resource, told.facility)
    return ending.tell(told, rows.one(told.id), by=by, now=now)


def deny(
    appointment: UUID,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> AppointmentView:
    """
    Deny a request with a reason, and give its place back.

    :raises ChangedError: if somebody changed it since `revision`
    :raises InputError: if no reason is given
    :raises StatusError: if it is no request
    """
    why = clean(reason, field="reason", least=1, most=200)
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, revision, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.APPROVE, rows.scope_of(told))
        return ending.end(booking, told, Status.DENIED, why, by=by, now=now)


def expire_requests(*, by: Actor, now: datetime) -> int:
    """Let requests expire that nobody decided until their time had gone by."""
    accounts.require(by, Permission.APPROVE, EVERYWHERE)
    late = db.session.scalars(
        select(Appointment.public_id)
        .where(
            Appointment.phase == ASKED,
            func.upper(Appointment.during) <= now,
        )
        .order_by(Appointment.id)
    ).all()
    return sum(_expire(each, by=by, now=now) for each in late)


def _expire(appointment: UUID, *, by: Actor, now: datetime) -> bool:
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, None, keys)
        told = rows.one(appointment)
        if booking.status is not Status.REQUESTED or told.span.end > now:
            return False
        ending.end(booking, told, Status.EXPIRED, "", by=by, now=now)
        return True
