"""Booking who waits: with the booking their wish ends, whatever it was for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import wanted
from app.booking.errors import WishFulfilledError
from app.booking.kinds import OfferIs, Waiting
from app.booking.models import WaitlistEntry
from app.booking.states import Status
from app.booking.views import AppointmentView, NewTimed, NewToken
from app.core.actor import Actor
from app.core.errors import BusyError
from app.directory import internal as directory
from app.patients import internal as patients


def keys(entry: UUID | None) -> list[str]:
    """Name what a booking locks beside its resources, if it is of one who waits."""
    return [] if entry is None else wanted.keys(entry, wanted.held_for(entry))


def open_wish(
    order: NewToken | NewTimed, held: Sequence[str], *, by: Actor, now: datetime
) -> WaitlistEntry | None:
    """
    Lock the wish a booking comes from, and free what is held for it: it may be that.

    Of another patient than who waits, or who was taken off the list, it is none.

    :raises BusyError: if something was offered to it just before
    :raises NotFoundError: if there is no such entry in that facility
    :raises WishFulfilledError: if it has led to a booking already
    """
    if order.entry_id is None:
        return None
    facility = directory.facility(order.facility_id)
    accounts.require(by, Permission.REQUEST, Scope(facility.id))
    row = wanted.entry(
        WaitlistEntry.public_id == order.entry_id,
        WaitlistEntry.facility_id == facility.id,
    )
    if order.patient_id is None or patients.one(order.patient_id).id != row.patient_id:
        return None
    if row.status is Waiting.BOOKED:
        raise WishFulfilledError
    if row.status is Waiting.WITHDRAWN:
        return None
    if row.status is Waiting.OFFERED:
        _free(row, held, by=by, now=now)
    return row


def close(
    row: WaitlistEntry | None,
    made: Iterable[AppointmentView | None],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """End a wish once a booking of it stands; who was only asked for waits on."""
    if row is not None and any(e and e.status is Status.SCHEDULED for e in made):
        row.status = Waiting.BOOKED
        wanted.line("booked", row, by=by, now=now)


def _free(row: WaitlistEntry, held: Sequence[str], *, by: Actor, now: datetime) -> None:
    booking = wanted.held_for(row.public_id)
    if booking is None:
        raise BusyError
    row.status = Waiting.WAITING
    offer = wanted.open_offer(row)
    wanted.give_up(offer, booking, held, OfferIs.DECLINED, by=by, now=now)
