"""Money and terms, as core 1.1 writes them."""

from decimal import Decimal
from typing import Any

from beckn import durations
from beckn.results import Offer


def price(value: Decimal, currency: str) -> dict[str, str]:
    """Write an amount; never as a number, which loses what it was."""
    return {"currency": currency, "value": f"{value:.2f}"}


def quote(offer: Offer) -> dict[str, Any]:
    """Write what a visit costs, by its parts; how long that holds, if it ends."""
    cost = price(offer.quote.price, offer.quote.currency)
    # Without a price there is one at the desk: nothing is promised here.
    title = "Consultation fee" if offer.quote.price else "To be paid at the desk"
    told: dict[str, Any] = {
        "price": cost,
        "breakup": [{"title": title, "item": {"id": offer.type.code}, "price": cost}],
    }
    if offer.quote.ttl is not None:
        told["ttl"] = durations.write(offer.quote.ttl)
    return told


def payment(offer: Offer) -> dict[str, Any]:
    """Write who takes the money: the desk, at the visit."""
    cost = price(offer.quote.price, offer.quote.currency)
    return {
        "collected_by": "BPP",
        "type": "ON-FULFILLMENT",
        "status": "NOT-PAID",
        "params": {"amount": cost["value"], "currency": cost["currency"]},
    }


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
        for code in ("PENDING", "SCHEDULED")
    ]
