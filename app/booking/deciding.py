"""Acts on requests: approve one, deny one, let those expire that nobody decided."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.booking import drafting, ending, guard, rows, tokens
from app.booking.errors import StatusError
from app.booking.models import Appointment
from app.booking.states import Status
from app.booking.views import AppointmentView
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
        if booking.status is not Status.REQUESTED:
            raise StatusError(status=booking.status.value, wanted="scheduled")
        drafting.check_offered(told, now=now)
        rows.step(booking, Status.SCHEDULED)
        db.session.flush()
        tokens.give_numbers(booking, told.resource, told.facility)
        return ending.tell(told, rows.one(appointment), by=by, now=now)


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
            Appointment.status == Status.REQUESTED,
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
