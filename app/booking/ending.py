"""Acts that end a booking, and what every change of status does beside it."""

from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import claims, events, guard, loads, moves, rows, ruling, tokens
from app.booking.models import Appointment
from app.booking.rules.case import Judges
from app.booking.states import FREES_PLACE, Status
from app.booking.views import AppointmentView, Override
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db
from app.core.spans import local_date
from app.core.text import clean
from app.directory.views import FacilityView


def cancel(
    appointment: UUID,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
    override: Override | None = None,
) -> AppointmentView:
    """
    Cancel an appointment and give its place back; its number is never reused.

    :raises ChangedError: if somebody changed it since `revision`
    :raises InputError: if no reason is given
    :raises RuleError: if it is too late to cancel, and not overridden
    :raises StatusError: if it has begun, is over or off already
    """
    why = clean(reason, field="reason", least=1, most=200)
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, revision, keys)
        return call_off(booking, why, by=by, now=now, override=override)


def call_off(
    booking: Appointment,
    why: str,
    *,
    by: Actor,
    now: datetime,
    override: Override | None = None,
) -> AppointmentView:
    """Cancel an appointment whose locks are held, if its actor and the rules allow."""
    told = rows.seen(booking.public_id, by)
    accounts.require(by, Permission.CANCEL, rows.scope_of(told))
    what = rows.bookable(told)
    ruling.judge(
        ruling.load(what.facility).of(what.resource, what.type),
        ruling.case(what, told.span, by=by, now=now),
        (Judges.CANCELLING,),
        by=by,
        overridden=override is not None,
    )
    return end(booking, told, Status.CANCELLED, why, by=by, now=now)


def end(
    booking: Appointment,
    before: AppointmentView,
    to: Status,
    why: str,
    *,
    by: Actor,
    now: datetime,
) -> AppointmentView:
    """
    Move an appointment to a status that gives its place back, and tell of it.

    The caller holds its locks and has asked permission.

    :raises StatusError: if the table of moves does not lead there
    """
    rows.step(booking, to)
    booking.cancel_reason = why
    give_back(booking, before.facility)
    db.session.flush()
    return tell(before, rows.after(before, booking), by=by, now=now)


def tell(
    before: AppointmentView, after: AppointmentView, *, by: Actor, now: datetime
) -> AppointmentView:
    """Remember a change of status, so that it can be undone, and announce it."""
    moves.remember(before, after, by=by, now=now)
    return announce(f"appointment.{after.status.value}", before, after, by=by, now=now)


def announce(
    action: str,
    before: AppointmentView,
    after: AppointmentView,
    *,
    by: Actor,
    now: datetime,
) -> AppointmentView:
    """Leave a line in the trail about a change of status, and tell who listens."""
    audit.record(
        action,
        audit.Subject("appointment", after.id, after.facility.id),
        by=by,
        now=now,
        before={"status": before.status, "people": _people(before)},
        after={
            "status": after.status,
            "people": _people(after),
            "token": after.token,
            "reason": after.cancel_reason,
        },
    )
    house.emit(events.Changed(before, after, by=by, now=now))
    return after


def _people(told: AppointmentView) -> dict[str, Status]:
    """Give the status of each, where they are several."""
    if len(told.participants) < 2:
        return {}
    return {each.patient.mrn: each.status for each in told.participants}


def give_back(booking: Appointment, facility: FacilityView) -> None:
    """Give back the places an appointment takes; its number is never reused."""
    if booking.status not in FREES_PLACE:
        return
    if booking.token_slot_id is not None:
        tokens.give_place_back(booking.token_slot_id)
    claims.release(claims.Owner(appointment_id=booking.id))
    day = local_date(booking.during.start, facility.zone)
    loads.give_back(booking.resource_id, booking.facility_id, booking.type_id, day)
