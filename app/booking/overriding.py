"""Acts for what is more urgent: a time over token slots, an emergency in a theatre."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from msgspec.structs import replace
from sqlalchemy import or_, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import (
    assignment,
    candidates,
    claims,
    displacing,
    drafting,
    giving_way,
    guard,
    listed,
    places,
    placing,
    reach,
    rows,
)
from app.booking.kinds import Urgency
from app.booking.models import Appointment, BookingResource, TokenSlot
from app.booking.placing import Draft
from app.booking.rules.case import Judges
from app.booking.states import LIVE
from app.booking.views import DisplacementView, NewTimed
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError
from app.core.text import clean
from app.directory import internal as directory
from app.directory.kinds import ResourceKind

_Do = Callable[[Draft, Sequence[str]], DisplacementView]


class _Undo(Exception):  # noqa: N818 - nothing went wrong
    """Carries out of a transaction what would have come of it."""

    def __init__(self, told: DisplacementView) -> None:
        self.told = told


def book_over_slots(
    order: NewTimed, reason: str, *, by: Actor, now: datetime
) -> DisplacementView:
    """
    Book a time over token slots, even empty ones: they close whole.

    Their tokens go to the next slots of the doctor, in their order and with new
    numbers, or on the rebooking list. All of it or nothing.

    :raises ForbiddenError: if the actor may not close slots, naming who may
    :raises InputError: if no reason is given
    :raises NotOfferedError: if a part lies outside the hours
    :raises RuleError: if a rule forbids it
    :raises SlotTakenError: naming every timed booking, or who is in the room already
    """
    return _act(order, by=by, now=now, do=_slots(reason, by=by, now=now))


def admit_emergency(
    order: NewTimed, reason: str, *, by: Actor, now: datetime
) -> DisplacementView:
    """
    Book an emergency in a theatre; cases of lower priority give way to it.

    They go on the rebooking list with their next joint opening held. Token slots of
    those who are needed close as well. No rule is asked, and no limit.

    :raises ForbiddenError: if the actor may not displace others, naming who may
    :raises InputError: if no reason is given, or no location is named
    :raises NotOfferedError: if a part lies outside the hours
    :raises SlotTakenError: naming what is as urgent, or in progress already
    """
    return _act(order, by=by, now=now, do=_emergency(reason, by=by, now=now))


def preview_over_slots(
    order: NewTimed, reason: str, *, by: Actor, now: datetime
) -> DisplacementView:
    """Tell what `book_over_slots` would come to; nothing of it is kept."""
    return _preview(order, by=by, now=now, do=_slots(reason, by=by, now=now))


def preview_emergency(
    order: NewTimed, reason: str, *, by: Actor, now: datetime
) -> DisplacementView:
    """Tell what `admit_emergency` would come to; nothing of it is kept."""
    do = _emergency(reason, by=by, now=now)
    return _preview(order, by=by, now=now, do=do)


def _slots(reason: str, *, by: Actor, now: datetime) -> _Do:
    why = clean(reason, field="reason", least=1, most=200)

    def do(draft: Draft, keys: Sequence[str]) -> DisplacementView:
        accounts.require(by, Permission.OVERRIDE_SLOTS, draft.scope)
        accounts.require(by, Permission.BOOK, draft.scope)
        if draft.what.type.needs_approval:
            accounts.require(by, Permission.APPROVE, draft.scope)
        drafting.require_approver(draft.what.facility, draft.used, by=by)
        sides = (Judges.PLACE, Judges.PATIENT)
        placing.judge(draft, sides, by=by, now=now)
        return displacing.make_way(draft, (), Urgency.TIMED, why, keys, by=by, now=now)

    return do


def _emergency(reason: str, *, by: Actor, now: datetime) -> _Do:
    why = clean(reason, field="reason", least=1, most=200)

    def do(draft: Draft, keys: Sequence[str]) -> DisplacementView:
        accounts.require(by, Permission.DISPLACE, draft.scope)
        accounts.require(by, Permission.BOOK, draft.scope)
        if draft.touched:
            accounts.require(by, Permission.OVERRIDE_SLOTS, draft.scope)
        drafting.require_approver(draft.what.facility, draft.used, by=by)
        if not any(c.resource.kind is ResourceKind.LOCATION for c in draft.claims):
            raise InputError(field="resources", reason="no_location")
        # Whoever may displace others is above the rules of planned work.
        draft.override = why
        cases = giving_way.cases(draft, by)
        return displacing.make_way(
            draft, cases, Urgency.EMERGENCY, why, keys, by=by, now=now
        )

    return do


def _act(order: NewTimed, *, by: Actor, now: datetime, do: _Do) -> DisplacementView:
    places.count(order.resources)
    keys, fresh = _keys(order, now=now), uuid4()
    with guard.acting(keys, fresh, by=by, now=now, once=order.once) as before:
        if before is not None:
            return listed.displacement_by(before)
        plain = replace(order, request=False, double_book=None)
        draft = drafting.timed(plain, fresh, by=by, now=now, over_slots=True)
        return do(draft, keys)


def _preview(order: NewTimed, *, by: Actor, now: datetime, do: _Do) -> DisplacementView:
    """Do it, look, and undo it: no other way tells so exactly."""

    def look(draft: Draft, keys: Sequence[str]) -> DisplacementView:
        raise _Undo(do(draft, keys))

    try:
        _act(replace(order, once=None), by=by, now=now, do=look)
    except _Undo as seen:
        return seen.told
    raise AssertionError("a preview was kept")


def _keys(order: NewTimed, *, now: datetime) -> list[str]:
    """
    Name the locks of all that is wanted, and of all that whoever is there has.

    Read before the locks: who came since makes the act give way, with `busy`.
    """
    principal = order.resources[0].resource_id
    what = directory.bookable(order.facility_id, principal, order.type_id)
    span = places.timed_span(order.starts_at, order.ends_at, what.minutes, now=now)
    asked = [
        claims.buffered(part.resource, part.during, what.type if index == 0 else None)
        for index, part in enumerate(places.parts(order.resources, span, what))
    ]
    able = candidates.of(order)
    keys = {*guard.keys_of([*(w.resource_id for w in order.resources), *able])}
    for each in _there(asked):
        keys |= {*rows.lock_keys(each), *assignment.keys_for(each)}
    return sorted(keys)


def _there(asked: Sequence[claims.Claim]) -> list[UUID]:
    """Give whatever appointments are in the time of claims, timed or by token."""
    found: set[UUID] = set()
    for claim in asked:
        timed = select(BookingResource.appointment_id).where(
            BookingResource.resource_id == claim.resource.id,
            BookingResource.active,
            reach.claims(claim.claimed, BookingResource.claimed),
        )
        slots = select(TokenSlot.id).where(
            TokenSlot.resource_id == claim.resource.id,
            reach.slots(claim.claimed),
        )
        there = select(Appointment.public_id).where(
            or_(Appointment.id.in_(timed), Appointment.token_slot_id.in_(slots)),
            Appointment.status.in_(LIVE),
        )
        found |= {*db.session.scalars(there)}
    return sorted(found)
