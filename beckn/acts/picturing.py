"""Pictures of an order: what it says of the visit that it became."""

from datetime import datetime, timedelta
from typing import TypeVar

from msgspec.structs import replace

from app.booking.states import FREES_PLACE, Status
from app.booking.views import AppointmentView
from beckn.acts import forming, offering, paying, policies
from beckn.commands import Billing, Person
from beckn.ordering import rows
from beckn.ordering.models import NetworkOrder
from beckn.results import Called, Drafted, Form, Offer, Ordered

_T = TypeVar("_T", bound=Ordered)


def drafted(row: NetworkOrder, held: AppointmentView, *, now: datetime) -> Drafted:
    """Picture a hold; its quote lasts as long."""
    until = held.hold_expires_at or now
    who, payer = rows.person(row), rows.billing(row)
    return Drafted(
        order=rows.order_id(row, held),
        offer=_offer(row, held, until - now),
        person=who,
        billing=payer,
        form=Form(forming.path(row), str(row.form_id), forming.lacks(who, payer)),
    )


def ordered(row: NetworkOrder, told: AppointmentView, kind: type[_T]) -> _T:
    """Picture an order that was given, and as `kind` what was done to it."""
    status = state_of(told)
    return kind(
        order=str(row.order_id),
        offer=_offer(row, told, None),
        person=rows.person(row) or Person(""),
        billing=rows.billing(row) or Billing(""),
        status=status,
        token=told.token,
        created_at=row.confirmed_at or row.drafted_at,
        updated_at=row.changed_at,
        state_at=row.state_at,
        cancelled=_called(row) if status in FREES_PLACE else None,
    )


def state_of(told: AppointmentView) -> Status:
    """Tell the state of who was booked: the first, whoever joined them since."""
    return told.participants[0].status if told.participants else told.status


def _offer(row: NetworkOrder, told: AppointmentView, ttl: timedelta | None) -> Offer:
    # What was quoted stays so, whatever the type costs others since.
    quote = replace(paying.kept(row), ttl=ttl)
    return replace(offering.offer_of(told), quote=quote, notice=policies.notice(told))


def _called(row: NetworkOrder) -> Called:
    """Say who called it off: if it was not the buyer, it was the facility."""
    return Called(
        at=row.state_at,
        by_buyer=row.cancelled_at is not None,
        reason=row.cancel_reason or "",
        words=row.cancel_words or "",
    )
