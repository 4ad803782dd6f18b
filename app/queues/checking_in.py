"""Acts by which somebody comes: check in, walk in, be seen here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import internal as booking
from app.booking.internal import WalkIn
from app.booking.states import Status
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import InputError
from app.core.spans import local_date
from app.core.text import clean
from app.directory import internal as directory
from app.patients import service as patients
from app.queues import acting, arriving, levels, lines, policies, waiting
from app.queues.arriving import Came
from app.queues.errors import NotTodayError
from app.queues.kinds import Act, EntryIs, WalkIns
from app.queues.models import QueueEntry
from app.queues.policies import Policy
from app.queues.views import Coming, EntryView, NewWalkIn

# Sessions go on after midnight: so much of another day is today still.
NEAR = timedelta(hours=6)


def check_in(
    appointment: UUID,
    *,
    by: Actor,
    now: datetime,
    patient_id: UUID | None = None,
    coming: Coming | None = None,
) -> list[EntryView]:
    """
    Check in all of an appointment who are not here yet, or one: their visit begins.

    Each gets an encounter and a place in the day's queue, and a number to be called by
    if the appointment is for a time. From afar, they are called only once seen here.

    :raises InputError: if its level is not offered
    :raises NotFoundError: if there is no such appointment, or not for this actor's eyes
    :raises NotTodayError: if it is on another day
    :raises StatusError: if they are here already, or it is over or off
    """
    with transaction():
        how = coming or Coming()
        levels.must_be_offered(how.level)
        with arriving.coming(how) as came:
            booking.advance(
                appointment,
                Status.CHECKED_IN,
                by=by,
                now=now,
                patient_id=patient_id,
                ask=partial(_may_come, by=by, now=now),
            )
        return _arrived(appointment, came, by=by, now=now)


def walk_in(wanted: NewWalkIn, *, by: Actor, now: datetime) -> EntryView:
    """
    Let somebody in who comes without a booking, with a number of the day.

    By the department's policy they get a token of a slot, a place of the share kept for
    them, or a place in the queue alone. Who is not known is registered with what little
    there is; a phone is not needed.

    :raises InputError: if neither a patient nor a person is named, or both are, or the
        level is not offered
    :raises RuleError: if a rule forbids it, or the day is full
    :raises SlotFullError: if no slot of the day has a token left
    :raises WalkInsFullError: if the share for who walks in is used up
    """
    if (wanted.patient_id is None) == (wanted.person is None):
        raise InputError(field="patient_id", reason="patient_or_person")
    why = clean(wanted.override, field="override", most=200)
    with transaction():
        facility, resource = directory.serving(wanted.facility_id, wanted.resource_id)
        scope = lines.scope(facility, resource)
        accounts.require(by, Permission.CHECK_IN, scope)
        levels.must_be_offered(wanted.coming.level)
        policy = policies.standing(facility.id, resource.department_id)
        # Whom somebody lets in beyond what is kept takes nothing that is.
        mode = WalkIns.QUEUE if why else policy.walk_ins
        share = None
        if mode is WalkIns.SHARE:
            share = booking.left(facility, resource, now=now).reserved
        order = WalkIn(
            facility_id=wanted.facility_id,
            resource_id=wanted.resource_id,
            type_id=wanted.type_id,
            who=partial(_who, wanted, scope, by=by, now=now),
            slot=mode is WalkIns.SLOTS,
            counted=mode is not WalkIns.QUEUE,
            override=why,
            note=wanted.note,
            once=wanted.once,
        )
        with arriving.coming(wanted.coming, share=share) as came:
            told = booking.arrive(order, by=by, now=now)
        return _arrived(told.id, came, by=by, now=now)[0]


def mark_present(entry_id: UUID, *, by: Actor, now: datetime) -> EntryView:
    """
    Say that somebody who checked in from afar is here: from now on they are called.

    Saying it twice changes nothing.
    """
    waiting = frozenset({EntryIs.WAITING, EntryIs.ON_HOLD, EntryIs.AT_TESTS})
    with acting.on(entry_id, Permission.CHECK_IN, by=by, states=waiting) as here:
        if here.entry.present_at is not None:
            return acting.shown(here.entry, here.at, by=by, now=now)
        here.entry.present_at = now
        return here.remember(Act.PRESENT, by=by, now=now)


def _who(wanted: NewWalkIn, scope: Scope, *, by: Actor, now: datetime) -> UUID:
    if wanted.person is None:
        assert wanted.patient_id is not None
        return wanted.patient_id
    return patients.register(wanted.person, by=by, now=now, scope=scope).public_id


def _may_come(told: AppointmentView, *, by: Actor, now: datetime) -> None:
    booking.require_seen(told, by)
    accounts.require(by, Permission.CHECK_IN, booking.scope_of(told))
    zone = told.facility.zone
    apart = local_date(told.span.start, zone) != local_date(now, zone)
    if apart and abs(told.span.start - now) > NEAR:
        raise NotTodayError(starts_at=told.span.start, zone=zone)


def _arrived(
    appointment: UUID, came: Sequence[Came], *, by: Actor, now: datetime
) -> list[EntryView]:
    """Tell those of an appointment who have just come, or came by the same key."""
    if len(came) == 1:
        told = came[0].person.told
        scope = lines.scope(told.facility, told.resource)
        names = accounts.allowed(by, Permission.VIEW_PATIENTS, scope)
        return [waiting.came_view(came[0], names=names)]
    seats = booking.of_appointment(appointment)
    found = (
        select(QueueEntry)
        .where(QueueEntry.participant_id.in_([s.participant_id for s in seats]))
        .order_by(QueueEntry.id)
    )
    entries = list(db.session.scalars(found))
    fresh = [each for each in entries if each.arrived_at == now] or entries
    return [
        acting.shown(each, lines.ground(lines.of(each)), by=by, now=now)
        for each in fresh
    ]


def places(policy: Policy, *, left: booking.DayLeft, used: int) -> int | None:
    """Tell how many more who walk in are let in; None for as many as come."""
    if policy.walk_ins is WalkIns.QUEUE:
        return None
    kept = left.slot_tokens
    if policy.walk_ins is WalkIns.SHARE:
        kept = max(0, left.reserved - used)
    return kept if left.limit is None else min(kept, left.limit)
