"""Moving an appointment to another place: the new one first, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import (
    assignment,
    claims,
    drafting,
    events,
    guard,
    loads,
    needs,
    places,
    placing,
    rows,
    ruling,
    tokens,
)
from app.booking.errors import HoldLostError, StatusError
from app.booking.kinds import How, Kind
from app.booking.models import Appointment
from app.booking.placing import Draft
from app.booking.rules.case import Judges
from app.booking.states import MOVABLE, Status
from app.booking.views import (
    AppointmentView,
    NewPlace,
    NewTimed,
    NewToken,
    Once,
    Override,
    Want,
)
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError
from app.core.spans import Span, local_date

_BOTH = (Judges.PLACE, Judges.PATIENT)


def move(
    appointment: UUID,
    to: NewPlace,
    *,
    by: Actor,
    now: datetime,
    once: Once | None = None,
    override: Override | None = None,
) -> AppointmentView:
    """
    Move an appointment: the new place is had before the old one is given back.

    A token that stays on its doctor's day keeps its number, else it draws a new one.

    :raises ChangedError: if somebody changed it since `to.revision`
    :raises HoldLostError: if it is a hold that has run out
    :raises NotOfferedError: if the new place is not offered
    :raises OverError: if the new time has gone by
    :raises RuleError: if a rule of the new place forbids it
    :raises SlotFullError: if every token of the new slot is given
    :raises SlotTakenError: naming every booking that is in the way
    :raises StatusError: if it is not waiting to happen any more
    """
    extra = guard.keys_of([to.resource_id]) if to.resource_id else []
    able = assignment.keys_for(appointment)
    keys = [*rows.lock_keys(appointment), *extra, *able]
    with guard.acting(keys, appointment, by=by, now=now, once=once) as before:
        if before is not None:
            return rows.one(before)
        booking = rows.for_change(appointment, to.revision, keys)
        return carry(booking, to, override, by=by, now=now)


def carry(
    booking: Appointment,
    to: NewPlace,
    override: Override | None,
    *,
    by: Actor,
    now: datetime,
    sides: Sequence[Judges] = _BOTH,
    anew: bool = False,
) -> AppointmentView:
    """
    Move an appointment whose locks, and those of its new place, are held.

    `sides` are the rules that are asked: those of a place that was held were before.
    A token's number is drawn `anew` where its old one would be out of turn.
    """
    told = rows.seen(booking.public_id, by)
    accounts.require(by, Permission.MODIFY, rows.scope_of(told))
    _check_movable(booking, now)
    if told.kind is Kind.TOKEN:
        _move_token(booking, told, to, override, by=by, now=now, sides=sides, anew=anew)
    else:
        _move_timed(booking, told, to, override, by=by, now=now, sides=sides)
    moved = rows.one(told.id)
    audit.record(
        "appointment.moved",
        audit.Subject("appointment", told.id, booking.facility_id),
        by=by,
        now=now,
        before=rows.for_trail(told),
        after=rows.for_trail(moved),
    )
    house.emit(events.Moved(told, moved, by=by, now=now))
    return moved


def _check_movable(booking: Appointment, now: datetime) -> None:
    if booking.status not in MOVABLE or booking.kind is Kind.WALK_IN:
        raise StatusError(status=booking.status.value, wanted="moved")
    if booking.hold_expires_at is not None and booking.hold_expires_at <= now:
        # Whoever comes next frees its place; it must not take another meanwhile.
        raise HoldLostError


def draft_of(
    told: AppointmentView,
    to: NewPlace,
    override: Override | None,
    *,
    by: Actor,
    now: datetime,
) -> Draft:
    """Draft an appointment as it would stand at another place."""
    if told.kind is Kind.TOKEN:
        order = NewToken(
            facility_id=told.facility.public_id,
            resource_id=to.resource_id or told.resource.public_id,
            patient_id=None,
            type_id=told.type.public_id,
            starts_at=to.starts_at,
            override=override,
        )
        return drafting.token(order, told.id, by=by, now=now, moves=_stays(told, to))
    span = _span(told, to)
    wanted = NewTimed(
        facility_id=told.facility.public_id,
        patient_id=None,
        type_id=told.type.public_id,
        starts_at=span.start,
        ends_at=span.end,
        resources=_shifted(told, to, span),
        override=override,
    )
    return drafting.timed(wanted, told.id, by=by, now=now, moves=_stays(told, to))


def take_along(draft: Draft, told: AppointmentView) -> None:
    """Let a draft keep what its appointment has: what was named, and what was found."""
    fixed = [
        places.Part(claim.resource, draft.span, How(claim.how))
        for claim in told.resources
        if claim.how != How.AUTO
    ]
    if fixed and told.kind is Kind.TOKEN:
        draft.claims, _ = places.offered_claims(draft.what.facility, fixed, None)
    draft.kept = [c.resource.id for c in told.resources if c.how == How.AUTO]


def _move_token(
    booking: Appointment,
    told: AppointmentView,
    to: NewPlace,
    override: Override | None,
    *,
    by: Actor,
    now: datetime,
    sides: Sequence[Judges],
    anew: bool,
) -> None:
    draft = draft_of(told, to, override, by=by, now=now)
    if (draft.what.resource.id, draft.span) == (told.resource.id, told.span):
        return
    _judge(draft, booking, told, by=by, now=now, sides=sides)
    _move_needs(booking, told, draft, by=by, now=now)
    left_behind = booking.token_slot_id
    booking.token_slot_id = placing.take_slot(draft, by=by, now=now)
    assert left_behind is not None
    tokens.give_place_back(left_behind)
    _settle(booking, told, draft)
    if booking.status is Status.SCHEDULED:
        tokens.give_numbers(booking, draft.what.resource, told.facility, anew=anew)


def _move_timed(
    booking: Appointment,
    told: AppointmentView,
    to: NewPlace,
    override: Override | None,
    *,
    by: Actor,
    now: datetime,
    sides: Sequence[Judges],
) -> None:
    # Its own claims must not stand in its own way; a refusal brings them back.
    claims.release(claims.Owner(appointment_id=booking.id), for_good=True)
    draft = draft_of(told, to, override, by=by, now=now)
    _judge(draft, booking, told, by=by, now=now, sides=sides)
    take_along(draft, told)
    placing.assign(draft, by=by, now=now)
    owner = claims.Owner(appointment_id=booking.id)
    claims.take(draft.claims, owner, by=by, now=now)
    _settle(booking, told, draft)


def _move_needs(
    booking: Appointment,
    told: AppointmentView,
    draft: Draft,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Take a token's chair, room and machines along, or choose others."""
    if not told.resources and not draft.what.type.has_needs:
        return
    owner = claims.Owner(appointment_id=booking.id)
    claims.release(owner, for_good=True)
    take_along(draft, told)
    placing.assign(draft, by=by, now=now)
    claims.take(draft.claims, owner, by=by, now=now)


def _stays(told: AppointmentView, to: NewPlace) -> bool:
    """Say whether a move leaves it with the same doctor."""
    return to.resource_id in {None, told.resource.public_id}


def _judge(
    draft: Draft,
    booking: Appointment,
    told: AppointmentView,
    *,
    by: Actor,
    now: datetime,
    sides: Sequence[Judges],
) -> None:
    """Ask the rules, and whether the actor may change things at the new place too."""
    accounts.require(by, Permission.MODIFY, draft.scope)
    if booking.status is not Status.REQUESTED:
        drafting.require_approver(told.facility, draft.used, by=by)
    draft.patients, draft.along = told.patients, told.along
    placing.judge(draft, sides, by=by, now=now, without=booking.id)


def _settle(booking: Appointment, told: AppointmentView, draft: Draft) -> None:
    """Write the new place down, and count it on the right day."""
    zone, resource = told.facility.zone, draft.what.resource
    was = (booking.resource_id, local_date(told.span.start, zone))
    will_be = (resource.id, local_date(draft.span.start, zone))
    if was != will_be:
        limits = [] if draft.override else ruling.limits(draft.rules)
        loads.take(resource, told.type.id, will_be[1], limits)
        loads.give_back(was[0], booking.facility_id, told.type.id, was[1])
    booking.resource_id, booking.during = resource.id, draft.span
    booking.over_slots = bool(draft.touched)
    # Another place than the one its approver offered is nobody's offer.
    booking.offered_at = None
    booking.availability_id, booking.exception_id = draft.offered_by
    booking.revision += 1
    db.session.flush()


def _span(told: AppointmentView, to: NewPlace) -> Span:
    """
    Give the new span, as long as before unless an end is named.

    :raises InputError: if it ends before it starts
    """
    if to.ends_at is None:
        return Span(to.starts_at, to.starts_at + told.span.length)
    if to.ends_at <= to.starts_at:
        raise InputError(field="ends_at", reason="before_start")
    return Span(to.starts_at, to.ends_at)


def _shifted(told: AppointmentView, to: NewPlace, span: Span) -> tuple[Want, ...]:
    """
    Give the same resources at the new time, the principal one perhaps another.

    A part that was the whole appointment stays the whole; any other keeps its length
    and its distance from the start. What was chosen for a need of the type is chosen
    anew; what was chosen for a procedure comes along.
    """
    shift = span.start - told.span.start
    anew = _for_the_type(told)
    wants = []
    for claim in told.resources:
        principal = claim.resource.id == told.resource.id
        if claim.resource.id in anew:
            continue
        during = Span(claim.during.start + shift, claim.during.end + shift)
        wants.append(
            Want(
                (principal and to.resource_id) or claim.resource.public_id,
                None if claim.during == told.span else during,
                How(claim.how),
            )
        )
    return tuple(wants)


def _for_the_type(told: AppointmentView) -> set[int]:
    """Give what was chosen automatically for a need of the type, for the whole time."""
    left, found = needs.of(told.type), set()
    for claim in told.resources:
        if claim.how != How.AUTO or claim.resource.id == told.resource.id:
            continue
        need = next((each for each in left if each.met_by(claim.resource)), None)
        if need is not None and claim.during == told.span:
            left.remove(need)
            found.add(claim.resource.id)
    return found
