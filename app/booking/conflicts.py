"""Finding conflicts: when hours, resources or bookings change, and every night."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.availability import internal as availability
from app.availability.events import HoursChanged
from app.availability.kinds import Closed
from app.booking import events, register
from app.booking.kinds import Outcome, Trouble
from app.booking.models import Appointment, BookingResource, ResourceConflict, TokenSlot
from app.booking.register import Found
from app.booking.states import FREES_PLACE, LIVE, Status
from app.booking.units import Held, first_full
from app.core import events as house
from app.core.db import db, transaction
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.events import ResourceChanged
from app.directory.views import FacilityView, ResourceView

log = logging.getLogger("baari.conflicts")


@dataclass(frozen=True, slots=True)
class Use:
    """An appointment's use of a resource, of its own or through its token slot."""

    claim: Held
    during: Span
    appointment_id: int
    facility_id: int
    slot_id: int | None


def listen() -> None:
    """Hear of everything that makes a conflict or ends one."""
    house.subscribe(HoursChanged, hours_changed)
    house.subscribe(ResourceChanged, resource_changed)
    house.subscribe(events.Changed, changed)
    house.subscribe(events.Moved, moved)
    house.subscribe(events.Reassigned, moved)


def hours_changed(event: HoursChanged) -> None:
    """Put every booking in leave or maintenance on the list."""
    posts = _posts(event)
    used = _uses([post.id for post in posts], event.now, event.during)
    found = []
    for post in posts:
        for use in used.get(post.id, ()):
            during = use.during.meet(event.during)
            if during is not None and use.facility_id == post.facility_id:
                found.append(_overlap(post, use, during))
    register.write(found, now=event.now)


def resource_changed(event: ResourceChanged) -> None:
    """Put every booking that fits no more on the list."""
    resource = event.resource
    uses = _uses([resource.id], event.now).get(resource.id, [])
    found: list[Found] = []
    if not resource.active:
        found += [_overlap(resource, use, use.during) for use in uses]
    if resource.capacity < event.before.capacity:
        found += exceeding(resource, uses)
    register.write(found, now=event.now)


def changed(event: events.Changed) -> None:
    """Close what an appointment that is off leaves behind."""
    status = event.appointment.status
    if status in FREES_PLACE or status is Status.NO_SHOW:
        _close(event, Outcome.CANCELLED, status.value)


def moved(event: events.Moved | events.Reassigned) -> None:
    """Close what an appointment that went elsewhere leaves behind."""
    _close(event, Outcome.REASSIGNED, "elsewhere")


def exceeding(resource: ResourceView, uses: Sequence[Use]) -> Iterator[Found]:
    """
    Find what does not fit into a resource: of each crowd, the later claims.

    Overridden claims are explained by their own entry. A slot's claims on several units
    are one claim on the whole.
    """
    if not resource.exclusive:
        return
    owners: dict[int, list[Use]] = {}
    for use in uses:
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
            yield Found(
                use.facility_id,
                resource,
                use.appointment_id,
                rival.appointment_id,
                during,
                Trouble.CAPACITY_EXCEEDED,
            )


def sweep(*, now: datetime) -> int:
    """
    Look through all that is to come for trouble nobody wrote down; tell how much.

    What it finds is put on the list. On a sound day that is nothing.
    """
    with transaction():
        found = 0
        for facility in directory.facilities().values():
            resources = directory.resources(facility.id)
            unknown = list(_unexplained(_trouble(facility, resources, now)))
            for each in unknown:
                log.warning(
                    "%s of %s was not written down", each.type, each.resource.code
                )
            found += register.write(unknown, now=now)
        return found


def _trouble(
    facility: FacilityView, resources: Sequence[ResourceView], now: datetime
) -> Iterator[Found]:
    uses = _uses([resource.id for resource in resources], now)
    if not uses:
        return
    last = max(use.during.end for each in uses.values() for use in each)
    offers = availability.offers(
        facility, [r for r in resources if r.id in uses], Span(now, last)
    )
    for resource in resources:
        here = [u for u in uses.get(resource.id, ()) if u.facility_id == facility.id]
        yield from exceeding(resource, uses.get(resource.id, ()))
        shut = (
            [
                closed.span
                for closed in offers[resource.id].closed
                if closed.kind is not Closed.BREAK
            ]
            if resource.id in offers
            else []
        )
        for use in here:
            if not resource.active:
                yield _overlap(resource, use, use.during)
            for span in shut:
                during = span.meet(use.during)
                if during is not None:
                    yield _overlap(resource, use, during)


def _unexplained(found: Iterable[Found]) -> Iterator[Found]:
    """Leave out what the register knows, open or approved."""
    all_found = list(found)
    known = db.session.scalars(
        select(ResourceConflict).where(
            ResourceConflict.resource_id.in_({each.resource.id for each in all_found}),
            ResourceConflict.status.in_(
                [Outcome.UNRESOLVED, Outcome.OVERRIDE_APPROVED]
            ),
        )
    ).all()
    for each in all_found:
        if not any(_explains(row, each) for row in known):
            yield each


def _explains(row: ResourceConflict, found: Found) -> bool:
    parties = {row.appointment1_id, row.appointment2_id} - {None}
    return (
        row.type is found.type
        and row.resource_id == found.resource.id
        and bool(parties & {found.first, found.second})
        and row.during.overlaps(found.during)
    )


def _overlap(resource: ResourceView, use: Use, during: Span) -> Found:
    return Found(
        use.facility_id,
        resource,
        use.appointment_id,
        None,
        during,
        Trouble.MAINTENANCE_OVERLAP,
    )


def _posts(event: HoursChanged) -> list[ResourceView]:
    """Give what is shut, as it serves in each facility it is shut in."""
    if event.resource_id is None:
        assert event.facility_id is not None
        return directory.resources(event.facility_id)
    posts = directory.posts_of([event.resource_id])
    return [p for p in posts if event.facility_id in {None, p.facility_id}]


def _uses(
    resource_ids: Sequence[int], now: datetime, near: Span | None = None
) -> dict[int, list[Use]]:
    """Read what appointments to come use of resources, in two statements."""
    own = BookingResource.appointment_id == Appointment.id
    through = (BookingResource.token_slot_id == TokenSlot.id) & (
        Appointment.token_slot_id == TokenSlot.id
    )
    base = (
        select(BookingResource, Appointment.id, Appointment.facility_id)
        .where(
            BookingResource.resource_id.in_(resource_ids),
            BookingResource.active,
            Appointment.status.in_(LIVE),
            func.upper(BookingResource.during) > now,
        )
        .order_by(BookingResource.id, Appointment.id)
    )
    if near is not None:
        base = base.where(BookingResource.during.bool_op("&&")(near))
    uses: dict[int, list[Use]] = {}
    for found in (
        base.join(Appointment, own),
        base.join(TokenSlot, BookingResource.token_slot_id == TokenSlot.id).join(
            Appointment, through
        ),
    ):
        for row, appointment_id, facility_id in db.session.execute(found):
            held = Held(row.id, row.unit, row.claimed, row.overridden)
            uses.setdefault(row.resource_id, []).append(
                Use(held, row.during, appointment_id, facility_id, row.token_slot_id)
            )
    return uses


def _close(
    event: events.Changed | events.Moved | events.Reassigned,
    outcome: Outcome,
    how: str,
) -> None:
    told = event.appointment
    number = db.session.scalar(
        select(Appointment.id).where(Appointment.public_id == told.id)
    )
    assert number is not None
    register.close(number, outcome, how, by=event.by, now=event.now)
