"""Acts on the resources of an appointment: set them, swap them, have them chosen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import (
    assignment,
    claims,
    drafting,
    events,
    guard,
    holding,
    needs,
    places,
    rows,
)
from app.booking.claims import Claim
from app.booking.errors import HoldLostError, StatusError
from app.booking.kinds import How, Kind
from app.booking.models import Appointment, BookingResource
from app.booking.places import Part
from app.booking.states import LIVE, Status
from app.booking.views import (
    AppointmentView,
    Arrangement,
    Assigned,
    ClaimView,
    Override,
    Want,
)
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError
from app.core.text import clean
from app.directory.kinds import ResourceKind

# A theatre or a site stands in the room's place; so it does when rooms are replaced.
_KINDS = {
    "chairs": frozenset({ResourceKind.CHAIR}),
    "rooms": frozenset({ResourceKind.ROOM, ResourceKind.LOCATION}),
    "equipment": frozenset({ResourceKind.EQUIPMENT}),
}


def assign(
    appointment: UUID,
    to: Arrangement,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
    override: Override | None = None,
) -> AppointmentView:
    """
    Give an appointment these resources, all of them or nothing.

    What leaves is kept as history. An override lets a resource be booked twice.

    :raises ChangedError: if somebody changed it since `revision`
    :raises HoldLostError: if it is a hold that has run out
    :raises InputError: if it would lack its own doctor, or something it needs
    :raises NotOfferedError: if a resource is not offered then
    :raises SlotTakenError: naming every booking that is in the way
    :raises StatusError: if it is over or off
    """
    keys = [*rows.lock_keys(appointment), *guard.keys_of(_named(to))]
    with guard.acting(keys, appointment, by=by, now=now):
        booking, told = _open(appointment, revision, keys, by=by, now=now)
        wanted = _wanted(told, to)
        return rearrange(booking, told, wanted, override, by=by, now=now)


def auto_assign(
    appointment: UUID, *, by: Actor, now: datetime, revision: int | None = None
) -> Assigned:
    """
    Choose what an appointment needs and has not got yet, and say why.

    :raises ChangedError: if somebody changed it since `revision`
    :raises HoldLostError: if it is a hold that has run out
    :raises NoneFreeError: if something it needs is not free
    :raises StatusError: if it is over or off
    """
    keys = [*rows.lock_keys(appointment), *assignment.keys_for(appointment)]
    with guard.acting(keys, appointment, by=by, now=now):
        booking, told = _open(appointment, revision, keys, by=by, now=now)
        wish = assignment.Wish(
            facility=told.facility,
            type=told.type,
            span=told.span,
            have=rows.used_by(told),
            patients=told.patients,
        )
        choices, found = assignment.choose(wish, by=by, now=now)
        if not choices:
            return Assigned(told, ())
        owner = claims.Owner(appointment_id=booking.id)
        claims.take(found, owner, by=by, now=now)
        why = {"assigned": assignment.for_trail(choices)}
        after = _tell(booking, told, why, by=by, now=now)
        return Assigned(after, tuple(choices))


def rearrange(
    booking: Appointment,
    told: AppointmentView,
    wanted: Sequence[Want],
    override: Override | None,
    *,
    by: Actor,
    now: datetime,
) -> AppointmentView:
    """Replace what an appointment has by what is wanted; callers hold all locks."""
    parts = _parts(told, wanted)
    kept = {(part.resource.id, part.during) for part in parts}
    held = db.session.scalars(
        select(BookingResource).where(
            BookingResource.appointment_id == booking.id, BookingResource.current
        )
    ).all()
    has = {(row.resource_id, row.during) for row in held}
    leaving = [row for row in held if (row.resource_id, row.during) not in kept]
    coming = [part for part in parts if (part.resource.id, part.during) not in has]
    if not leaving and not coming:
        return told
    _check_needs(told, parts)
    scope = places.scope(told.facility, [part.resource for part in parts])
    accounts.require(by, Permission.MODIFY, scope)
    if booking.status is not Status.REQUESTED:
        fresh = [part.resource for part in coming]
        drafting.require_approver(told.facility, fresh, by=by)
    why = ""
    if override is not None:
        accounts.require(by, Permission.OVERRIDE, scope)
        why = clean(override.reason, field="override", least=1, most=200)
    left = {row.resource_id for row in leaving}
    gone = [claim for claim in told.resources if claim.resource.id in left]
    holding.expire([part.resource.id for part in coming], now=now)
    claims.drop([row.id for row in leaving])
    owner = claims.Owner(appointment_id=booking.id)
    asked = _claims(told, coming, gone)
    claims.take(asked, owner, by=by, now=now, override=why)
    return _tell(booking, told, {"override": why} if why else {}, by=by, now=now)


def _open(
    appointment: UUID,
    revision: int | None,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> tuple[Appointment, AppointmentView]:
    booking = rows.for_change(appointment, revision, keys)
    told = rows.seen(appointment, by)
    accounts.require(by, Permission.MODIFY, rows.scope_of(told))
    if booking.status not in LIVE:
        raise StatusError(status=booking.status.value, wanted="assigned")
    if booking.hold_expires_at is not None and booking.hold_expires_at <= now:
        # Whoever comes next frees its place; it must not take another meanwhile.
        raise HoldLostError
    return booking, told


def _named(to: Arrangement) -> list[UUID]:
    whole = [want.resource_id for want in to.resources or ()]
    return [*whole, *(to.chairs or ()), *(to.rooms or ()), *(to.equipment or ())]


def _wanted(told: AppointmentView, to: Arrangement) -> list[Want]:
    """Give the whole list that a partial wish comes to."""
    if to.resources is not None:
        return list(to.resources)
    found: list[Want] = []
    replaced: set[ResourceKind] = set()
    for name, kinds in _KINDS.items():
        named: tuple[UUID, ...] | None = getattr(to, name)
        if named is not None:
            replaced |= kinds
            found += _in_place_of(told, kinds, named)
    principal = told.resource.id
    stays = [
        Want(claim.resource.public_id, claim.during, How(claim.how))
        for claim in told.resources
        if claim.resource.id == principal or claim.resource.kind not in replaced
    ]
    return stays + found


def _in_place_of(
    told: AppointmentView, kinds: frozenset[ResourceKind], named: Sequence[UUID]
) -> list[Want]:
    """Want each for the part of the time that the one in its place had."""
    had = [
        claim
        for claim in told.resources
        if claim.resource.kind in kinds and claim.resource.id != told.resource.id
    ]
    own = {claim.resource.public_id: claim.during for claim in had}
    spare = [claim.during for claim in had if claim.resource.public_id not in named]
    return [
        Want(each, own.get(each) or (spare.pop(0) if spare else None)) for each in named
    ]


def _parts(told: AppointmentView, wanted: Sequence[Want]) -> list[Part]:
    principal = told.resource.public_id
    named = {want.resource_id for want in wanted}
    if told.kind is Kind.TIMED and principal not in named:
        raise InputError(field="resources", reason="principal")
    if told.kind is Kind.TOKEN and principal in named:
        raise InputError(field="resources", reason="held_by_slot")
    if wanted:
        places.count(wanted)
    return places.parts(wanted, told.span, rows.bookable(told))


def _check_needs(told: AppointmentView, parts: Sequence[Part]) -> None:
    """Refuse to take away what the type needs and the appointment had."""
    wanted = needs.of(told.type)
    had = [told.resource, *(claim.resource for claim in told.resources)]
    has = [told.resource, *(part.resource for part in parts)]
    lacked = needs.unmet(wanted, had)
    for need in needs.unmet(wanted, has):
        if need not in lacked:
            raise InputError(field="resources", reason="needed", need=need.name)


def _claims(
    told: AppointmentView, coming: Sequence[Part], gone: Sequence[ClaimView]
) -> list[Claim]:
    """Turn parts into claims; one that comes for another of its kind is a swap."""
    left = {claim.resource.kind for claim in gone}
    found: list[Claim] = []
    for part in coming:
        how = How.SWAP if part.resource.kind in left else How.MANUAL
        principal = part.resource.id == told.resource.id
        kind = told.type if principal else None
        asked = Part(part.resource, part.during, how)
        found += places.offered_claims(told.facility, [asked], kind)[0]
    return found


def _tell(
    booking: Appointment,
    before: AppointmentView,
    why: Mapping[str, object],
    *,
    by: Actor,
    now: datetime,
) -> AppointmentView:
    booking.revision += 1
    db.session.flush()
    after = rows.one(before.id)
    audit.record(
        "appointment.reassigned",
        audit.Subject("appointment", before.id, before.facility.id),
        by=by,
        now=now,
        before=rows.for_trail(before),
        after=rows.for_trail(after) | dict(why),
    )
    house.emit(events.Reassigned(before, after, by=by, now=now))
    return after
