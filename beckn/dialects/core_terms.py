"""Money and terms, as core 1.1 writes them."""

from decimal import Decimal
from typing import Any

from beckn import durations
from beckn.dialects.words import NOT_PAID, PAID
from beckn.results import Offer
from beckn.terms import Terms

# In what states a visit is called off without loss.
_BEFORE = ("PENDING", "SCHEDULED")


def price(value: Decimal, currency: str) -> dict[str, str]:
    """Write an amount; never as a number, which loses what it was."""
    return {"currency": currency, "value": f"{value:.2f}"}


def quote(offer: Offer) -> dict[str, Any]:
    """Write what a visit costs, by its parts; how long that holds, if it ends."""
    cost = _cost(offer)
    told: dict[str, Any] = {
        "price": cost,
        "breakup": [
            {
                "title": title(offer, "Consultation fee"),
                "item": {"id": offer.type.code},
                "price": cost,
            }
        ],
    }
    if offer.quote.ttl is not None:
        told["ttl"] = durations.write(offer.quote.ttl)
    return told


def title(offer: Offer, usual: str) -> str:
    """Name what is paid for; without a price, that it is told at the desk."""
    unknown = offer.quote.terms is Terms.DESK and not offer.quote.price
    return "To be paid at the desk" if unknown else usual


def payment(offer: Offer) -> dict[str, Any]:
    """Write who takes the money and when: the desk, or the buyer's app before."""
    before = offer.quote.terms is Terms.PREPAID
    return {
        "collected_by": "BAP" if before else "BPP",
        "type": "PRE-ORDER" if before else "ON-FULFILLMENT",
        "status": PAID if offer.quote.paid else NOT_PAID,
        "params": params(offer),
    }


def params(offer: Offer) -> dict[str, str]:
    """Write how much is paid, and by which transfer it was."""
    cost = _cost(offer)
    told = {"amount": cost["value"], "currency": cost["currency"]}
    if offer.quote.paid:
        told["transaction_id"] = offer.quote.paid
    return told


def terms(offer: Offer) -> dict[str, Any]:
    """Write how an order is paid, called off, and what is given back then."""
    told = {
        "payments": [payment(offer)],
        "cancellation_terms": cancellation_terms(offer),
    }
    if offer.quote.terms is Terms.PREPAID:
        told["refund_terms"] = _refund_terms(offer)
    return told


def _cost(offer: Offer) -> dict[str, str]:
    return price(offer.quote.price, offer.quote.currency)


def cancellation_terms(offer: Offer) -> list[dict[str, Any]]:
    """Write when one may cancel: it is free, until the facility's rules close it."""
    by = None if offer.notice is None else {"duration": durations.write(offer.notice)}
    return [
        {
            "fulfillment_state": {"descriptor": {"code": code}},
            "reason_required": True,
            "cancellation_fee": {"percentage": "0"},
            **({"cancel_by": by} if by else {}),
        }
        for code in _BEFORE
    ]


def _refund_terms(offer: Offer) -> list[dict[str, Any]]:
    """Write that the app gives all of it back, as long as one may cancel."""
    return [
        {
            "fulfillment_state": {"descriptor": {"code": code}},
            "refund_eligible": True,
            "refund_amount": _cost(offer),
        }
        for code in _BEFORE
    ]
