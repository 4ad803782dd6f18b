"""Finding the place: what an order names, and whether it is offered then."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from app.accounts.permissions import Permission, bringing
from app.accounts.views import Scope
from app.availability import internal as availability
from app.availability.views import Offer, OfferedSlot, OpenSpan
from app.booking.claims import Claim, buffered
from app.booking.errors import NotOfferedError, OverError
from app.booking.kinds import How
from app.booking.views import Want
from app.core.errors import InputError
from app.core.spans import Span, day_span, local_date, starting
from app.directory import internal as directory
from app.directory.views import Bookable, FacilityView, ResourceView, TypeView

MOST_RESOURCES = 20
LONGEST_MINUTES = 24 * 60
# Slots that reach over the edge of the time asked for are seen from a day around it.
_ONE_DAY = timedelta(days=1)


class Touched(Struct, frozen=True):
    """A token slot that a booking lies over, even in part."""

    resource: ResourceView
    slot: OfferedSlot


class Part(Struct, frozen=True):
    """A resource of a booking, and its own part of the time."""

    resource: ResourceView
    during: Span
    how: How = How.MANUAL


def ids(parts: Sequence[Part]) -> list[int]:
    """Give the row numbers of the resources of some parts."""
    return [part.resource.id for part in parts]


def scope(facility: FacilityView, resources: Sequence[ResourceView]) -> Scope:
    """Say where an act on these resources happens."""
    return Scope(facility.id, frozenset(each.thing for each in resources))


def token_slot(what: Bookable, starts_at: datetime, *, now: datetime) -> OfferedSlot:
    """
    Give the offered token slot that starts at that moment.

    :raises NotOfferedError: if no slot starts there, or not for that type
    :raises OverError: if the slot has ended
    """
    facility, resource, moment = what.facility, what.resource, starting(starts_at, 1)
    # Of the whole day, as it was looked at before it was booked in.
    day = day_span(local_date(starts_at, facility.zone), facility.zone)
    offer = availability.offers(facility, [resource], day, cut=False)[resource.id]
    slot = offer.slot_at(moment.start)
    if slot is None:
        raise _not_offered(resource, moment, offer, field="starts_at")
    if not slot.allows(what.type.id):
        raise NotOfferedError(
            field="type_id",
            reason="type",
            resource=resource.name,
            type=what.type.name,
        )
    if slot.span.end <= now:
        raise OverError(field="starts_at", ended=slot.span.end)
    return slot


def timed_span(
    starts_at: datetime, ends_at: datetime | None, minutes: int, *, now: datetime
) -> Span:
    """
    Give the span a timed booking is for; without an end, so many minutes.

    :raises InputError: if it ends before it starts or is longer than a day
    :raises OverError: if it has ended
    """
    if ends_at is None:
        span = starting(starts_at, minutes)
    elif ends_at <= starts_at:
        raise InputError(field="ends_at", reason="before_start")
    else:
        span = Span(starts_at, ends_at)
    if span.minutes > LONGEST_MINUTES:
        raise InputError(field="ends_at", reason="too_long", most=LONGEST_MINUTES)
    if span.end <= now:
        raise OverError(field="starts_at", ended=span.end)
    return span


def count(wants: Sequence[Want]) -> None:
    """
    Refuse an order for no resources, for too many, or for one twice.

    :raises InputError: naming the list
    """
    if not 1 <= len(wants) <= MOST_RESOURCES:
        raise InputError(
            field="resources", reason="count", least=1, most=MOST_RESOURCES
        )
    if len({want.resource_id for want in wants}) < len(wants):
        raise InputError(field="resources", reason="twice")


def parts(wants: Sequence[Want], span: Span, what: Bookable) -> list[Part]:
    """
    Look up the resources wanted, each with its own part of the time.

    :raises InputError: if a part is longer than a day
    :raises NotFoundError: if one does not serve in the facility
    """
    found = []
    for index, want in enumerate(wants):
        resource = what.resource
        if want.resource_id != resource.public_id:
            field = f"resources[{index}].resource_id"
            resource = directory.resource(
                want.resource_id, what.facility.id, field=field
            )
        found.append(Part(resource, want.during or span, want.how))
    if any(part.during.minutes > LONGEST_MINUTES for part in found):
        raise InputError(field="resources", reason="too_long", most=LONGEST_MINUTES)
    return found


def offered_claims(
    facility: FacilityView, wanted: Sequence[Part], kind: TypeView | None
) -> tuple[list[Claim], OpenSpan]:
    """
    Turn parts into claims after seeing that each lies in open time.

    The principal resource also has a say in which types it takes; without a type there
    is none among these. A claim must not touch a token slot, even an empty one, with
    its buffers either.

    :raises NotOfferedError: naming the resource and why it is not offered
    """
    claims, offers = _claims(facility, wanted, kind)
    return claims, _openings(claims, offers, kind)


def claims_over_slots(
    facility: FacilityView, wanted: Sequence[Part], kind: TypeView | None
) -> tuple[list[Claim], OpenSpan, list[Touched]]:
    """
    Turn parts into claims that may lie over token slots, and name those slots.

    :raises NotOfferedError: if a part lies outside open time and slots both
    """
    claims, offers = _claims(facility, wanted, kind)
    touched = [
        Touched(claim.resource, slot)
        for claim in claims
        for slot in offers[claim.resource.id].slots
        if slot.span.overlaps(claim.claimed)
    ]
    opened = {number: offer.opened() for number, offer in offers.items()}
    return claims, _openings(claims, opened, kind), touched


def _claims(
    facility: FacilityView, wanted: Sequence[Part], kind: TypeView | None
) -> tuple[list[Claim], dict[int, Offer]]:
    claims = [
        buffered(part.resource, part.during, kind if index == 0 else None, part.how)
        for index, part in enumerate(wanted)
    ]
    resources = [part.resource for part in wanted]
    return claims, availability.offers(facility, resources, around(claims))


def _openings(
    claims: Sequence[Claim], offers: Mapping[int, Offer], kind: TypeView | None
) -> OpenSpan:
    """Give the open time of the first claim after seeing that all have theirs."""
    found = [
        _opening(claim, offers[claim.resource.id], kind if index == 0 else None, index)
        for index, claim in enumerate(claims)
    ]
    return found[0]


def around(claims: Sequence[Claim]) -> Span:
    """Give a window in which every slot that could touch these claims is seen."""
    return Span(
        min(claim.claimed.start for claim in claims),
        max(claim.claimed.end for claim in claims),
    ).widen(_ONE_DAY, _ONE_DAY)


def refusal(
    claim: Claim, offer: Offer, kind: TypeView | None = None
) -> NotOfferedError | None:
    """Say why a claim is not offered to a type, else for any, if it is not."""
    try:
        _opening(claim, offer, kind, 0)
    except NotOfferedError as exc:
        return exc
    return None


def _opening(claim: Claim, offer: Offer, kind: TypeView | None, index: int) -> OpenSpan:
    field = "starts_at" if index == 0 else f"resources[{index}]"
    if any(slot.span.overlaps(claim.claimed) for slot in offer.slots):
        raise NotOfferedError(
            field=field,
            reason="token_slot",
            resource=claim.resource.name,
            span=claim.during,
            override=Permission.OVERRIDE_SLOTS.value,
            may=bringing(Permission.OVERRIDE_SLOTS),
        )
    opening = offer.opening(claim.during, kind.id if kind else None)
    if opening is not None:
        return opening
    if kind is not None and offer.opening(claim.during, None) is not None:
        raise NotOfferedError(
            field="type_id",
            reason="type",
            resource=claim.resource.name,
            type=kind.name,
        )
    raise _not_offered(claim.resource, claim.during, offer, field=field)


def _not_offered(
    resource: ResourceView, span: Span, offer: Offer, *, field: str
) -> NotOfferedError:
    """Say why: inactive, a break, away, in repair, or simply outside the hours."""
    if not resource.active:
        return NotOfferedError(
            field=field, reason="inactive", resource=resource.name, span=span
        )
    for closed in offer.closed:
        if closed.span.overlaps(span):
            return NotOfferedError(
                field=field,
                reason=closed.kind.value,
                why=closed.reason,
                resource=resource.name,
                span=span,
                closed=closed.span,
            )
    return NotOfferedError(
        field=field, reason="hours", resource=resource.name, span=span
    )
