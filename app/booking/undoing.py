"""Taking the last move of an appointment back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import (
    claims,
    ending,
    guard,
    holding,
    links,
    loads,
    moves,
    places,
    rows,
    ruling,
    tokens,
)
from app.booking.kinds import How, Kind
from app.booking.models import Appointment, Participant, StatusMove
from app.booking.states import FREES_PLACE, MOVES, Status
from app.booking.views import AppointmentView
from app.booking.walkins import CHANNEL
from app.core.actor import Actor
from app.core.db import db
from app.core.spans import local_date

NO_WALK_IN = "Check-in taken back"


def undo(
    appointment: UUID, *, by: Actor, now: datetime, revision: int | None = None
) -> AppointmentView:
    """
    Take the last move back, within ten minutes and by who made it.

    What was given up is taken again, if nobody has it meanwhile; a number that was
    drawn is still theirs. Who walked in was not expected: without their check-in the
    visit is off.

    :raises ChangedError: if somebody changed it since `revision`
    :raises NotOfferedError: if its place is not offered any more
    :raises SlotFullError: if every token of its slot that may be booked is given
    :raises SlotTakenError: naming every booking that is in the way
    :raises UndoError: if there is nothing to undo, or not by this actor, or too late
    """
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, revision, keys)
        told = rows.seen(appointment, by)
        scope = rows.scope_of(told)
        accounts.require(by, Permission.REQUEST, scope)
        move = moves.last(booking, by=by, now=now)
        needed = MOVES[move.was].get(move.became, Permission.CHECK_IN)
        accounts.require(by, needed, scope)
        after = _back(booking, told, move, by=by, now=now)
        if told.channel == CHANNEL and after.status is Status.SCHEDULED:
            return _call_off(booking, after, by=by, now=now)
        return after


def bring_back(
    booking: Appointment, told: AppointmentView, *, by: Actor, now: datetime
) -> AppointmentView:
    """
    Take the last move back whoever made it; the caller holds the locks, and may.

    :raises UndoError: if the appointment was changed in another way since
    """
    return _back(booking, told, moves.latest(booking), by=by, now=now)


def _back(
    booking: Appointment,
    told: AppointmentView,
    move: StatusMove,
    *,
    by: Actor,
    now: datetime,
) -> AppointmentView:
    _take_again(booking, told, move, by=by, now=now)
    with links.once_live(told.link):
        _restore(booking, move)
        db.session.flush()
    after = rows.one(told.id)
    return ending.announce("appointment.undone", told, after, by=by, now=now)


def _call_off(
    booking: Appointment, told: AppointmentView, *, by: Actor, now: datetime
) -> AppointmentView:
    """End a walk-in that was none, for good: a second press brings nobody back."""
    rows.step(booking, Status.CANCELLED)
    booking.cancel_reason = NO_WALK_IN
    ending.give_back(booking, told.facility)
    db.session.flush()
    off = rows.one(told.id)
    return ending.announce("appointment.cancelled", told, off, by=by, now=now)


def _restore(booking: Appointment, move: StatusMove) -> None:
    booking.status = move.was
    booking.cancel_reason = ""
    booking.revision += 1
    found = select(Participant).where(Participant.appointment_id == booking.id)
    for participant in db.session.scalars(found):
        before = move.people.get(str(participant.patient_id))
        if before is None:
            continue
        participant.status = Status(before)
        if participant.status in {Status.SCHEDULED, Status.REQUESTED}:
            participant.arrived_at = None


def _take_again(
    booking: Appointment,
    told: AppointmentView,
    move: StatusMove,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Take the place again that the move gave up, if it gave any."""
    missed = move.became is Status.NO_SHOW and move.was is not Status.NO_SHOW
    freed = move.became in FREES_PLACE and move.was not in FREES_PLACE
    if not missed and not freed:
        return
    used = [told.resource.id, *(claim.resource.id for claim in told.resources)]
    holding.expire(used, now=now)
    if missed:
        # Whoever was marked by mistake had the time until now: nothing is asked anew,
        # but a slot that was closed meanwhile has somebody else in it.
        if booking.token_slot_id is not None:
            tokens.must_be_open(told.resource, booking.token_slot_id)
        _claim_again(booking, told, by=by, now=now)
        return
    what = rows.bookable(told)
    if told.kind is Kind.TOKEN:
        slot = places.token_slot(what, told.span.start, now=now)
        kept = ruling.load(what.facility).of(what.resource, what.type)
        booking.token_slot_id = tokens.take_place(
            told.resource,
            slot,
            by=by,
            now=now,
            extra=-ruling.reserved(kept, slot.tokens),
        )
    elif told.kind is Kind.TIMED:
        held = [places.Part(each.resource, each.during) for each in told.resources]
        places.offered_claims(told.facility, held, told.type)
    _claim_again(booking, told, by=by, now=now)
    day = local_date(told.span.start, told.facility.zone)
    found = ruling.load(what.facility).of(what.resource, what.type)
    loads.take(told.resource, told.type.id, day, ruling.limits(found))


def _claim_again(
    booking: Appointment, told: AppointmentView, *, by: Actor, now: datetime
) -> None:
    owner = claims.Owner(appointment_id=booking.id)
    again = [
        claims.buffered(
            each.resource,
            each.during,
            told.type if each.resource.id == told.resource.id else None,
            How(each.how),
        )
        for each in told.resources
    ]
    claims.release(owner, for_good=True)
    claims.take(again, owner, by=by, now=now)
