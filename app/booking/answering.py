"""What a patient is offered at their own visit, and their answer to it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from app.booking import addresses, deciding, rows, waitlist
from app.booking.errors import HoldLostError, StatusError
from app.booking.kinds import OfferIs
from app.booking.models import Appointment, Offer
from app.booking.states import OFF, Status
from app.booking.views import AppointmentView
from app.core.actor import ONESELF
from app.core.db import db
from app.core.errors import NotFoundError


class OfferedView(Struct, frozen=True):
    """
    A place that waits for an answer: of the waitlist until a moment, with its offer.

    Without those it is one that was offered instead of what was asked for.
    """

    offer: UUID | None = None
    until: datetime | None = None


def offered(told: AppointmentView, *, now: datetime) -> OfferedView | None:
    """Give what is offered with an appointment, if an answer is awaited."""
    if told.span.end <= now:
        return None
    if told.status is Status.REQUESTED and told.offered_at is not None:
        return OfferedView()
    if told.status is not Status.HELD:
        return None
    found = db.session.execute(
        select(Offer.public_id, Offer.expires_at)
        .join(Appointment, Appointment.id == Offer.appointment_id)
        .where(
            Appointment.public_id == told.id,
            Offer.status == OfferIs.OPEN,
            Offer.expires_at > now,
        )
    ).first()
    return None if found is None else OfferedView(*found)


def accept_own(secret: str, *, now: datetime) -> None:
    """
    Take the place that is offered to who holds a secret. Twice changes nothing.

    :raises HoldLostError: if it was kept for them and is no more
    :raises NotFoundError: if it is nobody's secret
    :raises RuleError: if a rule of the patient forbids it by now
    :raises StatusError: if nothing is offered
    """
    told = _told(secret)
    found = offered(told, now=now)
    if found is None:
        _refuse(told)
    elif found.offer is not None:
        waitlist.accept_offer(found.offer, by=ONESELF, now=now)
    else:
        # Of the offer they saw: one that was moved meanwhile is another one.
        deciding.accept_place(told.id, by=ONESELF, now=now, revision=told.revision)


def decline_own(secret: str, *, now: datetime) -> None:
    """
    Let an offer of the waitlist go: they wait on. Twice changes nothing.

    :raises NotFoundError: if it is nobody's secret
    :raises StatusError: if no place of the waitlist is offered
    """
    told = _told(secret)
    found = offered(told, now=now)
    if found is not None and found.offer is not None:
        waitlist.decline_offer(found.offer, by=ONESELF, now=now)
    elif told.status is not Status.EXPIRED:
        raise StatusError(status=told.status.value, wanted=Status.EXPIRED.value)


def _refuse(told: AppointmentView) -> None:
    """Say why nothing can be accepted; what is booked already is as they wish."""
    if told.status in {Status.HELD, Status.EXPIRED}:
        raise HoldLostError
    asked = told.status is Status.REQUESTED and told.channel != "waitlist"
    if asked or told.status in OFF:
        raise StatusError(status=told.status.value, wanted=Status.SCHEDULED.value)


def _told(secret: str) -> AppointmentView:
    seat = addresses.whose(secret)
    if seat is None:
        raise NotFoundError("slip")
    return rows.one(seat.appointment_id)
