"""What is wrong at present between bookings to come and their resources."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, not_, select

from app.availability import internal as availability
from app.availability.kinds import Closed
from app.availability.views import Offer
from app.booking import reach
from app.booking.kinds import Trouble
from app.booking.models import Appointment, BookingResource, TokenSlot
from app.booking.register import Found
from app.booking.states import LIVE, Status
from app.booking.units import Held, first_full
from app.core.db import db
from app.core.spans import Span, subtract
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


class Use(Struct, frozen=True):
    """
    An appointment's use of a resource, of its own or through its token slot.

    What is going on already is in the way of others, and in no trouble itself.
    """

    claim: Held
    during: Span
    appointment_id: int
    facility_id: int
    slot_id: int | None = None
    allowance: int = 0
    going_on: bool = False


def of(posts: Sequence[ResourceView], *, now: datetime) -> list[Found]:
    """
    Give all trouble of these resources, each once.

    `posts` holds a resource once for each facility it serves in.
    """
    used = uses([post.id for post in posts], now)
    if not used:
        return []
    found: list[Found] = []
    for resource in {post.id: post for post in posts}.values():
        found += exceeding(resource, used.get(resource.id, ()))
    places = directory.facilities({post.facility_id for post in posts})
    for facility in places.values():
        here = {post.id: post for post in posts if post.facility_id == facility.id}
        found += _not_offered(facility, here, used)
    return list(dict.fromkeys(each for each in found))


def shut(posts: Sequence[ResourceView], near: Span, *, now: datetime) -> list[Found]:
    """
    Give who lies within a span where these resources are not there, each once.

    Who else is there makes no difference to it, so nothing else is read.
    """
    used = uses([post.id for post in posts], now, near)
    places = directory.facilities({post.facility_id for post in posts})
    found: list[Found] = []
    for facility in places.values():
        here = {post.id: post for post in posts if post.facility_id == facility.id}
        found += _not_offered(facility, here, used)
    return [
        each
        for each in dict.fromkeys(found)
        if each.type is Trouble.MAINTENANCE_OVERLAP and each.during.overlaps(near)
    ]


def beside(
    posts: Sequence[ResourceView], claim_ids: Collection[int], *, now: datetime
) -> list[Found]:
    """Say of these claims, which stand beside others, who was there before."""
    used = uses([post.id for post in posts], now)
    return [
        _crowded(resource, use, rival, during, Trouble.DOUBLE_BOOKING)
        for resource in {post.id: post for post in posts}.values()
        for use in used.get(resource.id, ())
        if use.claim.id in claim_ids and not use.going_on
        for rival in used[resource.id]
        if rival.appointment_id != use.appointment_id
        and (not rival.claim.overridden or rival.claim.id < use.claim.id)
        and (during := rival.claim.span.meet(use.claim.span)) is not None
    ]


def exceeding(resource: ResourceView, used: Sequence[Use]) -> Iterator[Found]:
    """
    Find what does not fit into a resource: of each crowd, the later claims.

    Overridden claims are explained by their own entry. A slot's claims on several units
    are one claim on the whole.
    """
    if not resource.exclusive:
        return
    owners: dict[int, list[Use]] = {}
    for use in used:
        owners.setdefault(use.claim.id, []).append(use)
    fitting: list[Held] = []
    slots: dict[int | None, int] = {}
    for claim_id, those in sorted(owners.items()):
        claim, slot = those[0].claim, those[0].slot_id
        slots[slot] = slots.get(slot, 0) + 1
        if claim.overridden or (slot and slots[slot] > resource.capacity):
            continue
        near = [held for held in fitting if held.span.overlaps(claim.span)]
        full = first_full(near, claim.span, resource.capacity)
        if full is None:
            fitting.append(claim)
            continue
        rival = owners[full[0].id][0]
        during = full[0].span.meet(claim.span)
        assert during is not None
        for use in owners[claim_id]:
            if not use.going_on:
                yield _crowded(resource, use, rival, during)


def overlap(resource: ResourceView, use: Use, during: Span) -> Found:
    """Say that a booking lies where its resource is not there."""
    return Found(
        use.facility_id,
        resource,
        use.appointment_id,
        None,
        during,
        Trouble.MAINTENANCE_OVERLAP,
    )


def uses(
    resource_ids: Sequence[int], now: datetime, near: Span | None = None
) -> dict[int, list[Use]]:
    """Read what appointments to come use of resources, in two statements."""
    lapsed = (Appointment.status == Status.HELD) & (Appointment.hold_expires_at <= now)
    base = (
        select(
            BookingResource,
            Appointment.id,
            Appointment.facility_id,
            Appointment.status,
            TokenSlot.allowance,
        )
        .where(
            BookingResource.resource_id.in_(set(resource_ids)),
            BookingResource.active,
            Appointment.status.in_(LIVE),
            not_(func.coalesce(lapsed, False)),
            func.lower(BookingResource.during) > now - reach.REACH,
            func.upper(BookingResource.during) > now,
        )
        .order_by(BookingResource.id, Appointment.id)
    )
    if near is not None:
        base = base.where(reach.claims(near))
    own = base.join(
        Appointment, BookingResource.appointment_id == Appointment.id
    ).outerjoin(TokenSlot, TokenSlot.id == BookingResource.token_slot_id)
    through = base.join(TokenSlot, BookingResource.token_slot_id == TokenSlot.id).join(
        Appointment, Appointment.token_slot_id == TokenSlot.id
    )
    found: dict[int, list[Use]] = {}
    for rows in (own, through):
        for row, appointment_id, facility_id, status, extra in db.session.execute(rows):
            use = Use(
                Held(row.id, row.unit, row.claimed, row.overridden),
                row.during,
                appointment_id,
                facility_id,
                row.token_slot_id,
                extra or 0,
                status is Status.IN_PROGRESS,
            )
            found.setdefault(row.resource_id, []).append(use)
    return found


def _not_offered(
    facility: FacilityView,
    posts: Mapping[int, ResourceView],
    used: Mapping[int, Sequence[Use]],
) -> Iterator[Found]:
    """Find what lies in leave, maintenance or no hours, or in too small a slot."""
    here = {
        number: [use for use in used[number] if use.facility_id == facility.id]
        for number in posts.keys() & used.keys()
    }
    spans = [use.during for each in here.values() for use in each]
    if not spans:
        return
    window = Span(min(s.start for s in spans), max(s.end for s in spans))
    asked = [posts[number] for number in sorted(here)]
    offers = availability.offers(facility, asked, window)
    for resource in asked:
        offer = offers[resource.id]
        for use in here[resource.id]:
            if not use.going_on:
                for during in _outside(offer, use.during):
                    yield overlap(resource, use, during)
        yield from _too_many(resource, offer, here[resource.id])


def _outside(offer: Offer, during: Span) -> list[Span]:
    """
    Give the parts of a use at which its resource is not there.

    Time that is offered in another way (open time that became token slots, or slots of
    another length) is still time: whoever is booked is seen.
    """
    shut = [
        both
        for closed in offer.closed
        if closed.kind is not Closed.BREAK and (both := closed.span.meet(during))
    ]
    there = [*(slot.span for slot in offer.slots), *(each.span for each in offer.open)]
    return shut or subtract([during], there)


def _too_many(
    resource: ResourceView, offer: Offer, used: Sequence[Use]
) -> Iterator[Found]:
    """Find who does not fit into a slot that offers fewer tokens than were given."""
    slots: dict[int, dict[int, Use]] = defaultdict(dict)
    for use in used:
        if use.slot_id is not None:
            slots[use.slot_id][use.appointment_id] = use
    for those in slots.values():
        _, first = min(those.items())
        room = _tokens(offer, first.during)
        if room is None:
            continue
        booked = [those[number] for number in sorted(those)]
        fitting = booked[: room + first.allowance]
        for use in booked[len(fitting) :]:
            if not use.going_on:
                yield _crowded(resource, use, fitting[-1], use.during)


def _tokens(offer: Offer, during: Span) -> int | None:
    """Tell how many tokens are offered for a slot's time; None if it is no slot now."""
    slot = offer.slot_at(during.start)
    if slot is not None and slot.span == during:
        return slot.tokens
    inside = [each.tokens for each in offer.slots if during.covers(each.span)]
    return sum(inside) or None


def _crowded(
    resource: ResourceView,
    use: Use,
    rival: Use,
    during: Span,
    what: Trouble = Trouble.CAPACITY_EXCEEDED,
) -> Found:
    return Found(
        use.facility_id,
        resource,
        use.appointment_id,
        rival.appointment_id,
        during,
        what,
    )
