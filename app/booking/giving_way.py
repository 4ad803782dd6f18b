"""Which cases give way to a more urgent one: as few as will do, the least urgent."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from app.booking import claims, clashes
from app.booking.claims import Claim
from app.booking.errors import SlotTakenError
from app.booking.models import Appointment, BookingResource, TokenSlot
from app.booking.placing import Draft
from app.booking.states import Status
from app.booking.units import Held, first_full
from app.core.actor import Actor
from app.core.db import db

# Whoever is in the room stays there.
_MAY_GO = frozenset(
    {Status.HELD, Status.REQUESTED, Status.SCHEDULED, Status.CHECKED_IN}
)


def cases(draft: Draft, by: Actor) -> list[UUID]:
    """
    Give the cases that must leave for a draft, the most urgent first.

    Of those in the way at a moment that is full, the least urgent goes, and of equals
    who was booked last. Token slots that close are in nobody's way.

    :raises SlotTakenError: naming who is as urgent, or in progress, or cannot leave
    """
    held = claims.near(draft.claims)
    owners = _owners([each.id for here in held.values() for each in here])
    closing = _slot_claims(draft)
    leaving: dict[int, Appointment] = {}
    for claim in draft.claims:
        here = [h for h in held.get(claim.resource.id, ()) if h.id not in closing]
        while (full := _full(claim, here, owners, leaving)) is not None:
            could = [
                owner
                for each in full
                if (owner := owners.get(each.id)) is not None
                and owner.priority > draft.priority
                and owner.status in _MAY_GO
            ]
            if not could:
                told = clashes.told(claim.resource.name, full, by)
                raise SlotTakenError(field="starts_at", clashes=told)
            least = max(could, key=lambda a: (a.priority, a.booked_at, a.id))
            leaving[least.id] = least
    order = sorted(leaving.values(), key=lambda a: (a.priority, a.booked_at, a.id))
    return [each.public_id for each in order]


def _full(
    claim: Claim,
    here: Sequence[Held],
    owners: dict[int, Appointment],
    leaving: Collection[int],
) -> list[Held] | None:
    """Give who fills the resource at some moment, once those leaving have left."""
    if not claim.resource.exclusive:
        return None
    left = [
        each
        for each in here
        if each.id not in owners or owners[each.id].id not in leaving
    ]
    return first_full(left, claim.claimed, claim.resource.capacity)


def _owners(claim_ids: Sequence[int]) -> dict[int, Appointment]:
    found = db.session.execute(
        select(BookingResource.id, Appointment)
        .join(Appointment, Appointment.id == BookingResource.appointment_id)
        .where(BookingResource.id.in_(claim_ids))
    )
    return {row.id: row.Appointment for row in found}


def _slot_claims(draft: Draft) -> set[int]:
    """Give the claims of the slots that close for a draft."""
    spans = {(each.resource.id, each.slot.span) for each in draft.touched}
    found = db.session.execute(
        select(BookingResource.id, TokenSlot.resource_id, TokenSlot.during)
        .join(TokenSlot, TokenSlot.id == BookingResource.token_slot_id)
        .where(
            BookingResource.active,
            TokenSlot.resource_id.in_({number for number, _ in spans}),
            TokenSlot.facility_id == draft.what.facility.id,
            TokenSlot.during.in_({span for _, span in spans}),
        )
    )
    return {row.id for row in found if (row.resource_id, row.during) in spans}
