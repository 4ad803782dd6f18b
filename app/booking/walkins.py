"""Who comes without a booking: where they are let in, and what it takes of the day."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.availability import internal as availability
from app.booking import (
    drafting,
    guard,
    lean,
    listing,
    loads,
    placing,
    rows,
    ruling,
    setting,
    visits,
)
from app.booking.errors import SlotFullError
from app.booking.kinds import Kind
from app.booking.models import RuleSetting
from app.booking.placing import Draft
from app.booking.rules.case import Judges, Rule
from app.booking.rules.daily_limit import DailyLimit
from app.booking.rules.lead_time import LeadTime
from app.booking.rules.quiet_period import QuietPeriod
from app.booking.rules.walk_in_share import WalkInShare
from app.booking.states import Status
from app.booking.views import AppointmentView, NewToken, Once
from app.core.actor import Actor
from app.core.db import db
from app.core.spans import Span, day_span, local_date, starting
from app.directory import internal as directory
from app.directory.views import Bookable, FacilityView, ResourceView
from app.patients import internal as patients

CHANNEL = "walk_in"
# These speak of booking ahead, or of a time of one's own: who walks in has neither.
_NOT_ASKED = frozenset({LeadTime.kind, QuietPeriod.kind})


class WalkIn(Struct, frozen=True):
    """
    Somebody at the desk; with `slot` they get a token of a slot that has one left.

    `who` gives the patient, and may register them: it is asked the first time only, and
    not when the same order comes again.

    `counted` asks the daily limits; without, they count and are never refused.
    `override` is why rules are set aside, by somebody who may.
    """

    facility_id: UUID
    resource_id: UUID
    type_id: UUID
    who: Callable[[], UUID]
    slot: bool = False
    counted: bool = True
    override: str = ""
    note: str = ""
    channel: str = CHANNEL
    once: Once | None = None


class DayLeft(Struct, frozen=True):
    """
    What a day of a resource has left for who walks in now.

    `limit` is None where no daily limit holds.
    """

    slot_tokens: int
    reserved: int
    limit: int | None


def arrive(order: WalkIn, *, by: Actor, now: datetime) -> AppointmentView:
    """
    Book who walks in, with a number of the day, and check them in.

    :raises NotFoundError: if the order names something that is not there
    :raises RuleError: if a rule forbids it, or the day is full
    :raises SlotFullError: if no slot of the day has a token left
    """
    keys, fresh = guard.keys_of([order.resource_id]), uuid4()
    with guard.acting(keys, fresh, by=by, now=now, once=order.once) as before:
        if before is not None:
            return rows.one(before)
        draft = _draft(order, fresh, by=by, now=now)
        accounts.require(by, Permission.CHECK_IN, draft.scope)
        directory.ensure_prefix(draft.what.resource, by=by, now=now)
        # The letter may have been given just now.
        draft.what = directory.bookable(
            order.facility_id, order.resource_id, order.type_id
        )
        sides = (Judges.PLACE, Judges.PATIENT)
        placing.judge(draft, sides, by=by, now=now)
        told = placing.place(draft, Status.SCHEDULED, by=by, now=now)
        return visits.go(told, Status.CHECKED_IN, None, by=by, now=now)


def left(facility: FacilityView, resource: ResourceView, *, now: datetime) -> DayLeft:
    """Tell how many more could be let in today, by slots, share and daily limit."""
    day = local_date(now, facility.zone)
    window = day_span(day, facility.zone)
    taken = lean.read(facility, [resource.id], window, now=now)
    rules = taken.rules.of(resource, None)
    slots, _ = listing.free_places(
        facility, resource, listing.ANY_TYPE, window, taken, now=now
    )
    offer = availability.offers(facility, [resource], window)[resource.id]
    today = [s for s in offer.slots if window.holds(s.span.start)]
    used = taken.loads.get((resource.id, day, loads.ALL_TYPES), 0)
    limits = [each.limit for each in ruling.limits(rules) if not each.per_type]
    return DayLeft(
        slot_tokens=sum(s.left for s in slots if window.holds(s.span.start)),
        reserved=sum(ruling.reserved(rules, slot.tokens) for slot in today),
        limit=max(0, min(limits) - used) if limits else None,
    )


def set_share(
    facility: FacilityView,
    department: UUID | None,
    percent: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Keep so many percent of every token slot of a department for who walks in."""
    number = None
    if department is not None:
        number = directory.department_number(department, facility.id)
    standing = select(RuleSetting.public_id).where(
        RuleSetting.active,
        RuleSetting.kind == WalkInShare.kind,
        RuleSetting.facility_id == facility.id,
        RuleSetting.department_id.is_not_distinct_from(number),
        RuleSetting.resource_id.is_(None),
    )
    for rule in db.session.scalars(standing).all():
        setting.drop_rule(rule, by=by, now=now)
    if percent:
        order = setting.NewRule(
            WalkInShare.kind,
            {"percent": percent},
            facility_id=facility.public_id,
            department_id=department,
        )
        setting.add_rule(order, by=by, now=now)


def _draft(order: WalkIn, fresh: UUID, *, by: Actor, now: datetime) -> Draft:
    what = directory.bookable(order.facility_id, order.resource_id, order.type_id)
    patient_id = order.who()
    if order.slot:
        draft = _in_a_slot(order, what, patient_id, fresh, by=by, now=now)
    else:
        draft = Draft(
            public_id=fresh,
            what=what,
            kind=Kind.WALK_IN,
            span=starting(now, what.minutes),
            source=None,
            rules=ruling.load(what.facility).of(what.resource, what.type),
            patients=[patients.one(patient_id)],
            note=order.note,
            channel=order.channel,
        )
    draft.override = order.override
    draft.rules = [rule for rule in draft.rules if _asked(rule, order)]
    return draft


def _in_a_slot(
    order: WalkIn,
    what: Bookable,
    patient_id: UUID,
    fresh: UUID,
    *,
    by: Actor,
    now: datetime,
) -> Draft:
    """Draft a token of the first slot of today that has one left."""
    zone = what.facility.zone
    window = Span(now, day_span(local_date(now, zone), zone).end)
    taken = lean.read(what.facility, [what.resource.id], window, now=now)
    slots, _ = listing.free_places(
        what.facility, what.resource, what.type, window, taken, now=now
    )
    if not slots:
        raise SlotFullError(field="resource_id")
    token = NewToken(
        facility_id=order.facility_id,
        resource_id=order.resource_id,
        patient_id=patient_id,
        type_id=order.type_id,
        starts_at=slots[0].span.start,
        note=order.note,
        channel=order.channel,
    )
    return drafting.token(token, fresh, by=by, now=now)


def _asked(rule: Rule, order: WalkIn) -> bool:
    if rule.kind in _NOT_ASKED:
        return False
    return order.counted or rule.kind != DailyLimit.kind
