"""How an order is paid: quoted once, held against what is said, and written down."""

from datetime import datetime

from msgspec.structs import replace

from app.booking.choosing import Asked
from app.booking.views import AppointmentView
from app.core.actor import SYSTEM, Actor
from app.directory import queries as directory
from app.directory.kinds import NetworkTerms
from app.receipts import queries as receipts
from app.receipts import service
from app.receipts.service import PrepaymentUsedError
from app.receipts.views import NewPrepayment
from beckn.acts import offering
from beckn.acts.refusals import OF_PLACES, told
from beckn.commands import Payment
from beckn.ordering.models import NetworkOrder
from beckn.problems import Code, Problem
from beckn.results import Quote
from beckn.terms import Terms

AT = "message.order.payments[0]"
APP = "BAP"
_TRANSFER = f"{AT}.params.transaction_id"


def quoted(asked: Asked) -> Quote:
    """Tell what a visit costs from now on, and how that is paid."""
    quote = offering.quote(asked.place, asked.reason)
    price = asked.reason.price
    if price is not None and not price:
        return replace(quote, terms=Terms.FREE)
    # What has no price yet, or none that is plain, is told and paid at the desk.
    if not price or quote.currency == offering.NO_CURRENCY:
        return quote
    if directory.network_terms(asked.place) is NetworkTerms.PREPAID:
        return replace(quote, terms=Terms.PREPAID)
    return quote


def kept(row: NetworkOrder) -> Quote:
    """Give the quote of an order, as it was told with the hold."""
    paid = of(row) if row.terms is Terms.PREPAID and row.order_id else ""
    return Quote(row.price, row.currency, terms=row.terms, paid=paid)


def of(row: NetworkOrder) -> str:
    """Name the transfer by which an order was paid before it was given."""
    found = receipts.prepaid(row.appointment_id, by=SYSTEM)
    return found.transaction_id if found else ""


def check(quote: Quote, said: Payment) -> None:
    """
    Hold what a buyer says of the money against the terms of the quote.

    :raises Problem: if it is paid otherwise, or that is not all of it
    """
    match quote.terms:
        case Terms.PREPAID:
            _check_paid(quote, said)
        case Terms.DESK:
            _check_unpaid(quote, said)
        case Terms.FREE if said.paid and said.amount:
            raise _costs(quote)


def _check_paid(quote: Quote, said: Payment) -> None:
    if said.collected_by not in {"", APP}:
        raise Problem(
            Code.PAYMENT_UNSUPPORTED,
            f"{AT}.collected_by",
            "payments are collected by the buyer's app",
        )
    if not said.paid:
        raise Problem(
            Code.PAYMENT_UNSUPPORTED,
            f"{AT}.status",
            "it is paid through the buyer's app before it is confirmed",
        )
    if not said.transaction_id:
        raise Problem(Code.INVALID, _TRANSFER, "by which transfer is missing")
    if said.amount is None:
        raise Problem(Code.INVALID, f"{AT}.params.amount", "the amount is missing")
    if said.currency is not None and not said.currency:
        raise Problem(Code.INVALID, f"{AT}.params.currency", "the currency is missing")
    if said.amount != quote.price or said.currency not in {None, quote.currency}:
        raise _costs(quote)


def _check_unpaid(quote: Quote, said: Payment) -> None:
    # What costs nothing yet is paid whoever says so.
    name = "collected_by" if said.collected_by == APP else "status"
    if said.collected_by == APP or (said.paid and (quote.price or said.amount)):
        raise Problem(
            Code.PAYMENT_UNSUPPORTED,
            f"{AT}.{name}",
            "payments are collected by the provider",
        )


def _costs(quote: Quote) -> Problem:
    return Problem(
        Code.QUOTE_UNAVAILABLE,
        f"{AT}.params.amount",
        f"it costs {quote.price} {quote.currency}",
    )


def check_again(row: NetworkOrder, said: Payment) -> None:
    """
    Refuse an order that is given twice, and paid twice.

    :raises Problem: if it is said to be paid by another transfer than before
    """
    if row.terms is Terms.PREPAID and said.transaction_id not in {"", of(row)}:
        raise Problem(Code.INVALID, _TRANSFER, "it was paid by another transfer")


def keep(
    row: NetworkOrder,
    booked: AppointmentView,
    said: Payment,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Write down that an order was paid before it was given, if it was.

    :raises Problem: if that buyer paid another order by that transfer
    """
    if row.terms is not Terms.PREPAID:
        return
    order = NewPrepayment(
        appointment_id=booked.id,
        through=row.bap_id,
        transaction_id=said.transaction_id,
        amount=row.price,
        currency=row.currency,
    )
    try:
        with told(OF_PLACES, _TRANSFER):
            service.prepay(order, by=by, now=now)
    except PrepaymentUsedError as refusal:
        raise Problem(
            Code.INVALID, _TRANSFER, "another order was paid by that transfer"
        ) from refusal
