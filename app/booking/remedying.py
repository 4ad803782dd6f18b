"""Holding places for bookings whose resource will not be there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

from msgspec.structs import replace
from sqlalchemy import select

from app.booking import (
    assignment,
    cascading,
    guard,
    holding,
    moving,
    ordering,
    places,
    placing,
    remedies,
    rows,
)
from app.booking.errors import (
    NoneFreeError,
    NotOfferedError,
    OverError,
    SlotFullError,
    SlotTakenError,
    StatusError,
)
from app.booking.kinds import Fate, How, Kind, ProposalIs, Remedy, Task
from app.booking.models import Appointment, Cascade, CascadeItem, Proposal
from app.booking.placing import Draft
from app.booking.remedies import Place
from app.booking.rules.case import Judges
from app.booking.states import MOVABLE, Status
from app.booking.views import AppointmentView, NewPlace
from app.core.actor import SYSTEM, Actor
from app.core.db import db, savepoint
from app.core.errors import RuleError
from app.core.spans import local_date
from app.directory import internal as directory
from app.directory.views import Bookable, ResourceView, TypeView

# As long as a hold may last: somebody has to ring everybody up.
LASTS = timedelta(minutes=60)
# What holds a proposal came through no door.
CHANNEL = "cascade"
# How many places that look free are tried for one remedy.
TRIES = 6
_NOT_THERE = (NoneFreeError, NotOfferedError, OverError, RuleError)
_GONE = (SlotFullError, SlotTakenError)


def order(row: Cascade, *, by: Actor, now: datetime) -> None:
    """Order that places be held for every booking of a locked cascade that waits."""
    found = cascading.items(row, Fate.WAITING)
    # What somebody has chosen already is being done.
    waiting = {item.id: None for item, _ in found if item.order_id is None}
    if waiting:
        ordering.make(row, Task.HOLD, waiting, by=by, now=now)


def hold(
    row: Cascade,
    item: CascadeItem,
    appointment: UUID,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Hold places for a booking that waits, and count them; what is held stays so."""
    if item.fate is not Fate.WAITING or row.undone_at is not None:
        return 0
    booking = rows.for_change(appointment, None, keys)
    item.code = _hindrance(item, booking)
    if item.code is not None:
        return 0
    told = rows.one(appointment)
    (lacking,) = _lacking(row.public_id, told)
    have = _still_held(item, now=now)
    return sum(
        _one(item, booking, told, lacking, remedy, by=by, now=now)
        for remedy in Remedy
        if remedy not in have
    )


def let_go(pairs: Sequence[tuple[Proposal, Appointment]], *, now: datetime) -> None:
    """Give back the places that proposals still keep; their locks are held."""
    for proposal, _ in pairs:
        proposal.status = ProposalIs.RELEASED
    db.session.flush()
    holding.drop([hold.id for _, hold in pairs], now=now)
    for _, hold in pairs:
        db.session.expire(hold)


def item_of(row: Cascade, appointment: UUID) -> CascadeItem | None:
    """Lock the item of an appointment."""
    return db.session.scalar(
        select(CascadeItem)
        .join(Appointment, Appointment.id == CascadeItem.appointment_id)
        .where(CascadeItem.cascade_id == row.id, Appointment.public_id == appointment)
        .with_for_update(of=CascadeItem)
    )


def keys_to_hold(cascade: UUID, appointment: UUID) -> list[str]:
    """Name the locks of all that could be proposed for an appointment."""
    told = rows.one(appointment)
    able = [
        other.public_id
        for lacking in _lacking(cascade, told)
        for other in remedies.others(told, lacking)
    ]
    return [
        cascading.key(cascade),
        *rows.lock_keys(appointment),
        *guard.keys_of(able),
        *assignment.keys_for(appointment),
    ]


def check_still_there(item: CascadeItem, booking: Appointment) -> None:
    """
    See that a booking is where it was when leave or maintenance met it.

    :raises StatusError: if somebody moved it since
    """
    if (booking.resource_id, booking.during) != (item.was_resource_id, item.was):
        raise StatusError(status="moved", wanted="moved")


def _lacking(cascade: UUID, told: AppointmentView) -> list[ResourceView]:
    """Give what is not there for an appointment, as it serves in its facility."""
    numbers = db.session.scalars(
        select(CascadeItem.resource_id)
        .join(Cascade, Cascade.id == CascadeItem.cascade_id)
        .join(Appointment, Appointment.id == CascadeItem.appointment_id)
        .where(Cascade.public_id == cascade, Appointment.public_id == told.id)
    )
    posts = directory.posts_of(numbers)
    return [post for post in posts if post.facility_id == told.facility.id]


def _hindrance(item: CascadeItem, booking: Appointment) -> str | None:
    """Say why nothing can be proposed: it began, is off, or went elsewhere already."""
    if booking.status not in MOVABLE:
        return "status"
    here = (booking.resource_id, booking.during) == (item.was_resource_id, item.was)
    return None if here else "changed"


def _still_held(item: CascadeItem, *, now: datetime) -> set[Remedy]:
    """Tell which remedies are held still; what has lapsed makes room for others."""
    have = set()
    for proposal, hold in cascading.proposals([item.id], ProposalIs.OPEN):
        if cascading.live(hold, now):
            have.add(proposal.remedy)
        else:
            proposal.status = ProposalIs.RELEASED
    db.session.flush()
    return have


def _one(
    item: CascadeItem,
    booking: Appointment,
    told: AppointmentView,
    lacking: ResourceView,
    remedy: Remedy,
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """Hold the best place of one kind that can be had."""
    for place in islice(remedies.find(told, lacking, remedy, by=by, now=now), TRIES):
        proposal_id = uuid4()
        try:
            with savepoint():
                draft = _draft(told, place, now=now)
                _hold(draft, told, booking, proposal_id, by=by, now=now)
        except (*_NOT_THERE, *_GONE):
            continue
        held = select(Appointment.id).where(Appointment.public_id == draft.public_id)
        db.session.add(
            Proposal(
                public_id=proposal_id,
                item_id=item.id,
                hold_id=db.session.scalars(held).one(),
                remedy=remedy,
                resource_id=place.resource.id,
                during=draft.span,
                status=ProposalIs.OPEN,
                expires_at=now + LASTS,
            )
        )
        db.session.flush()
        return True
    return False


def _draft(told: AppointmentView, place: Place, *, now: datetime) -> Draft:
    if place.swap:
        return _swap(told, place)
    end = place.span.end if told.kind is Kind.TIMED else None
    to = NewPlace(place.span.start, end, place.resource.public_id)
    draft = moving.draft_of(told, to, None, by=SYSTEM, now=now)
    moving.take_along(draft, told)
    return draft


def _swap(told: AppointmentView, place: Place) -> Draft:
    """Draft the other resource alone: all else the booking has already."""
    part = places.Part(place.resource, place.span, How.SWAP)
    asked, opening = places.offered_claims(told.facility, [part], None)
    kind = _without_needs(told.type)
    what = Bookable(told.facility, place.resource, kind, place.span.minutes)
    return Draft(
        public_id=uuid4(),
        what=what,
        kind=Kind.TIMED,
        span=place.span,
        source=opening.source,
        rules=[],
        claims=asked,
    )


def _without_needs(kind: TypeView) -> TypeView:
    return replace(kind, requires_chair=False, requires_room=False, equipment=())


def _hold(
    draft: Draft,
    told: AppointmentView,
    booking: Appointment,
    proposal_id: UUID,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Hold a drafted place without its patient, who has a booking until they are moved.

    The rules are asked for the patient all the same: what they forbid is no proposal.
    """
    draft.public_id, draft.channel = uuid4(), CHANNEL
    draft.patients, draft.along = told.patients, told.along
    sides = (Judges.PLACE, Judges.PATIENT)
    placing.judge(draft, sides, by=SYSTEM, now=now, without=booking.id)
    draft.patients = ()
    if _same_count(draft, told):
        # The day's limit counts the booking itself already.
        draft.override = "stays on its day"
    draft.hold_expires_at, draft.hold_key = now + LASTS, f"cascade:{proposal_id}"
    # Chosen among what its actor may book, and held by nobody.
    placing.assign(draft, by=by, now=now)
    placing.place(draft, Status.HELD, by=SYSTEM, now=now)


def _same_count(draft: Draft, told: AppointmentView) -> bool:
    zone = told.facility.zone
    days = {local_date(each.start, zone) for each in (draft.span, told.span)}
    return draft.what.resource.id == told.resource.id and len(days) == 1
