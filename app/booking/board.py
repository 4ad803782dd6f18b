"""What a day looks like: offered time, less what is taken, with who is there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from app.availability import internal as availability
from app.availability.views import Offer, OfferedSlot, Origin, Source
from app.booking import occupancy, ruling
from app.booking.occupancy import Claimed, Occupancy, SlotRow
from app.booking.rules.case import Rule
from app.booking.states import Status
from app.booking.units import full_spans
from app.booking.views import ColumnView, SlotView, VisitView
from app.core.spans import Span, subtract
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView, TypeView

# How finely open time is offered when a nearest time is looked for.
STEP = timedelta(minutes=5)


def columns(
    facility: FacilityView,
    asked: Sequence[tuple[ResourceView, Span]],
    *,
    now: datetime,
) -> list[ColumnView]:
    """Give a column for each resource and day asked for, in a fixed number of reads."""
    if not asked:
        return []
    hull = Span(min(s.start for _, s in asked), max(s.end for _, s in asked))
    resources = {resource.id: resource for resource, _ in asked}
    offers = availability.offers(facility, resources.values(), hull)
    taken = occupancy.read(facility, resources, hull, now=now)
    types = directory.types()
    return [
        column(resource, span, offers[resource.id], taken, types, now)
        for resource, span in asked
    ]


def column(  # noqa: PLR0917 - a column is made of this much
    resource: ResourceView,
    day: Span,
    offer: Offer,
    taken: Occupancy,
    types: dict[int, TypeView],
    now: datetime,
    kind: TypeView | None = None,
) -> ColumnView:
    spans = [inside for o in offer.open if (inside := o.span.meet(day))]
    around = [slot.span for slot in offer.slots]
    ahead = [left for s in spans if (left := _from(s, on_step(now)))]
    sees = eye(resource, offer.slots, taken)
    slots = tuple(
        sees.see(slot)
        for slot in _with_left_over(resource, offer, taken)
        if day.holds(slot.span.start)
    )
    return ColumnView(
        resource=resource,
        day=day,
        slots=slots,
        open=tuple(spans),
        free=tuple(free(resource, ahead, taken, around, kind)),
        closed=tuple(c for c in offer.closed if c.span.overlaps(day)),
        visits=tuple(_visits(resource, day, taken, types)),
        tokens_left=sum(each.left for each in slots if each.span.end > now),
    )


class Eye(Struct, frozen=True):
    """
    How slots of a resource are seen, beside what is taken.

    `rivals` are the claims that may block one of them, `shares` the rules that keep
    tokens for who walks in.
    """

    resource: ResourceView
    taken: Occupancy
    rivals: Sequence[Claimed]
    shares: Sequence[Rule]

    def see(self, slot: OfferedSlot) -> SlotView:
        """Give a slot with what of it is taken."""
        row = self.taken.slots.get((self.resource.id, slot.span))
        kept = ruling.reserved(self.shares, slot.tokens) if self.shares else 0
        blocked = any(
            held.claimed.overlaps(slot.span) and not _stands_beside(held, row)
            for held in self.rivals
        )
        if row is None:
            return SlotView(
                slot.span,
                slot.tokens,
                0,
                blocked=blocked,
                types=slot.types,
                reserved=kept,
            )
        seen = self.taken.seen[row.id]
        return SlotView(
            span=slot.span,
            tokens=slot.tokens + row.allowance,
            taken=row.taken,
            waiting=seen[Status.CHECKED_IN],
            in_room=seen[Status.IN_PROGRESS],
            seen=seen[Status.COMPLETED],
            blocked=row.closed or blocked,
            types=slot.types,
            reserved=kept,
        )


def _stands_beside(claim: Claimed, row: SlotRow | None) -> bool:
    """
    Say whether a claim is the slot's own, or was let in beside it on purpose.

    Who has a token there keeps the slot's claim, so that its other places can be had.
    """
    if row is None:
        return False
    return claim.slot_id == row.id or (claim.overridden and row.taken > 0)


def eye(resource: ResourceView, slots: Iterable[OfferedSlot], taken: Occupancy) -> Eye:
    """
    Make who sees these slots.

    All claims may block one but those of the slots' own: these are for their own span,
    and no other slot touches that.
    """
    own = {
        (row.id, slot.span)
        for slot in slots
        if (row := taken.slots.get((resource.id, slot.span))) is not None
    }
    rivals = [
        claim
        for claim in taken.claims[resource.id]
        if claim.active
        and claim.exclusive
        and (claim.slot_id, claim.claimed) not in own
    ]
    return Eye(resource, taken, rivals, taken.rules.shares(resource))


def _with_left_over(
    resource: ResourceView, offer: Offer, taken: Occupancy
) -> list[OfferedSlot]:
    """Add slots that are no longer offered but in which people are booked."""
    offered = {slot.span for slot in offer.slots}
    stranded = [
        OfferedSlot(span, row.taken, frozenset(), _source(row))
        for (resource_id, span), row in taken.slots.items()
        if resource_id == resource.id and span not in offered and row.taken > 0
    ]
    return sorted([*offer.slots, *stranded], key=lambda slot: slot.span)


def _source(row: SlotRow) -> Source:
    if row.exception_id is not None:
        return Source(Origin.EXCEPTION, row.exception_id)
    return Source(Origin.AVAILABILITY, row.availability_id or 0)


def free(
    resource: ResourceView,
    spans: Iterable[Span],
    taken: Occupancy,
    slots: Iterable[Span],
    kind: TypeView | None = None,
) -> list[Span]:
    """
    Give where a booking's own time may lie; with a type, where one of that type may.

    Its buffers, the longer of the resource's and the type's, must not touch what is
    claimed either, so every hole is wider by them.
    """
    before, after = resource.margins(kind)
    held = [c.claimed for c in taken.claims[resource.id] if c.active and c.exclusive]
    full = full_spans(held, resource.capacity) if resource.exclusive else []
    holes = [hole.widen(after, before) for hole in [*full, *slots]]
    return subtract(spans, holes)


def _visits(
    resource: ResourceView, day: Span, taken: Occupancy, types: dict[int, TypeView]
) -> Iterator[VisitView]:
    held = sorted(taken.claims[resource.id], key=lambda claim: claim.during)
    for claim in held:
        booking = claim.booking
        if booking is None or not claim.during.overlaps(day):
            continue
        if not claim.active and booking.status is not Status.NO_SHOW:
            continue
        yield VisitView(
            id=booking.public_id,
            reference=booking.reference,
            span=claim.during,
            status=booking.status,
            type=types[booking.type_id],
            patient=taken.people.get(booking.id),
            with_resources=tuple(
                name
                for resource_id, name in taken.others[booking.id]
                if resource_id != resource.id
            ),
            overridden=claim.overridden,
            facility_id=booking.facility_id,
            whole=(booking.resource_id, booking.during) == (resource.id, claim.during),
            revision=booking.revision,
        )


def _from(span: Span, moment: datetime) -> Span | None:
    """Give what of a span is still to come."""
    if span.end <= moment:
        return None
    return Span(max(span.start, moment), span.end)


def on_step(moment: datetime) -> datetime:
    """Round up to the next five minutes."""
    past = timedelta(
        minutes=moment.minute % 5,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return moment if not past else moment - past + STEP
