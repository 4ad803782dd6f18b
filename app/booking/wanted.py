"""Rows of the waitlist under their locks: an entry, what is offered, its trail."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.audit import internal as audit
from app.booking import ending, rows
from app.booking.kinds import OfferIs
from app.booking.models import Appointment, Offer, WaitlistEntry
from app.booking.states import Status
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError


def keys(entry: UUID, held: UUID | None) -> list[str]:
    """Name the locks of an entry and of what is held for it."""
    return [f"waitlist:{entry}", *(rows.lock_keys(held) if held else [])]


def entry(*where: object) -> WaitlistEntry:
    """
    Lock an entry.

    :raises NotFoundError: if there is no such entry
    """
    found = select(WaitlistEntry).where(*where).with_for_update()  # type: ignore[arg-type]
    row = db.session.scalar(found)
    if row is None:
        raise NotFoundError("waitlist_entry", field="entry_id")
    return row


def offer(*where: object) -> Offer:
    """Lock an offer that is known to be there."""
    found = select(Offer).where(*where).with_for_update()  # type: ignore[arg-type]
    return db.session.scalars(found).one()


def open_offer(row: WaitlistEntry) -> Offer:
    """Lock what is offered to an entry at this moment."""
    return offer(Offer.entry_id == row.id, Offer.status == OfferIs.OPEN)


def held_for(entry: UUID) -> UUID | None:
    """Name the appointment that is held for an entry, if one is."""
    return db.session.scalar(
        select(Appointment.public_id)
        .join(Offer, Offer.appointment_id == Appointment.id)
        .join(WaitlistEntry, WaitlistEntry.id == Offer.entry_id)
        .where(WaitlistEntry.public_id == entry, Offer.status == OfferIs.OPEN)
    )


def give_up(
    offer: Offer,
    held: UUID,
    keys: Iterable[str],
    to: OfferIs,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """End an offer without a booking, and free its place."""
    offer.status = to
    booking = rows.for_change(held, None, keys)
    if booking.status is Status.HELD:
        ending.end(booking, rows.one(held), Status.EXPIRED, "", by=by, now=now)
    db.session.flush()


def line(what: str, row: WaitlistEntry, *, by: Actor, now: datetime) -> None:
    """Leave a line about an entry in the trail."""
    audit.record(
        f"waitlist.{what}",
        audit.Subject("waitlist_entry", row.public_id, row.facility_id),
        by=by,
        now=now,
        after={"status": row.status, "priority": row.priority},
    )
