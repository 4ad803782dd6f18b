"""Taking back what was offered to who waits, when it cannot be had after all."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from app.booking import rows, telling, wanted
from app.booking.impact import Stranded
from app.booking.kinds import OfferIs, Waiting
from app.booking.models import Appointment, BookingResource, Offer, WaitlistEntry
from app.core.actor import Actor
from app.core.db import db
from app.directory import internal as directory


def keys(resource: UUID) -> list[str]:
    """Name the locks of all that is offered of a resource at this moment."""
    number = directory.resource_number(resource)
    claimed = select(BookingResource.id).where(
        BookingResource.appointment_id == Appointment.id,
        BookingResource.resource_id == number,
        BookingResource.current,
    )
    found = (
        select(Appointment.public_id)
        .join(Offer, Offer.appointment_id == Appointment.id)
        .where(
            Offer.status == OfferIs.OPEN,
            or_(Appointment.resource_id == number, claimed.exists()),
        )
    )
    return [key for held in db.session.scalars(found) for key in rows.lock_keys(held)]


def withdraw(
    struck: Iterable[Stranded], held: Sequence[str], *, by: Actor, now: datetime
) -> None:
    """
    Let the offers among what loses its place go; who was offered them waits on.

    They keep their rank, are told if they were told of the offer, and may be offered
    that place again, since it was not they who declined it.

    :raises BusyError: if one was made just before, and its locks are not held
    """
    for each in {e.appointment.id: e for e in struck if e.is_offer}:
        told = rows.one(each)
        offer = wanted.offer(
            Offer.appointment_id
            == select(Appointment.id)
            .where(Appointment.public_id == each)
            .scalar_subquery()
        )
        entry = wanted.entry(WaitlistEntry.id == offer.entry_id)
        entry.status = Waiting.WAITING
        wanted.give_up(offer, each, held, OfferIs.WITHDRAWN, by=by, now=now)
        wanted.line("withdrawn", entry, by=by, now=now)
        telling.withdrawn(told, now=now)
