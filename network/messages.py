"""What a buyer's app says and reads, in core 1.1 with the DHP profile."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from beckn import context
from network.meanings import ZONE

Message = dict[str, Any]

DOMAIN, VERSION, TTL = "dhp:consultation:0.1.0", "1.1.0", "PT30S"
TYPE = "PHYSICAL-CONSULTATION"


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody in the network, and where they take messages."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """A free place of a catalog; `price` is an amount with its currency."""

    fulfilment: str
    provider: str
    provider_name: str
    item: str
    item_name: str
    doctor: str
    starts_at: datetime
    left: str
    price: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who comes: sex as M, F or O, age in years."""

    name: str
    phone: str
    age: str = ""
    sex: str = ""


def whole(  # noqa: PLR0917 - a context is this much
    action: str,
    message: Message,
    transaction: str,
    buyer: Peer,
    house: Peer | None,
    now: datetime,
) -> tuple[str, bytes]:
    """Write a message; give its id and its bytes, which are signed and sent as such."""
    message_id = str(uuid.uuid4())
    head = {
        "domain": DOMAIN,
        "location": {"country": {"code": "IND"}, "city": {"code": "std:080"}},
        "action": action,
        "version": VERSION,
        "bap_id": buyer.id,
        "bap_uri": buyer.url,
        "transaction_id": transaction,
        "message_id": message_id,
        "timestamp": context.stamp(now),
        "ttl": TTL,
    }
    if house is not None:
        head |= {"bpp_id": house.id, "bpp_uri": house.url}
    body = {"context": head, "message": message}
    return message_id, json.dumps(body, ensure_ascii=False).encode()


def search(day: date, *, doctor: str = "", department: str = "") -> Message:
    """Ask for what is free on a day of the buyer's country."""
    start = datetime.combine(day, time(), ZONE)
    span = {"start": start.isoformat(), "end": (start + timedelta(1)).isoformat()}
    slot: Message = {
        "type": TYPE,
        "stops": [{"type": "start", "time": {"range": span}}],
    }
    if doctor:
        slot["agent"] = {"person": {"name": doctor}}
    intent: Message = {
        "item": {"descriptor": {"code": "CONSULTATION"}},
        "fulfillment": slot,
    }
    if department:
        intent["category"] = {"descriptor": {"code": department}}
    return {"intent": intent}


def places(told: Message) -> Iterator[Place]:
    """Read the free places of an on_search."""
    for provider in told["message"]["catalog"]["providers"]:
        slots = {each["id"]: each for each in provider["fulfillments"]}
        for item in provider["items"]:
            price = item["price"]
            for name in item["fulfillment_ids"]:
                slot = slots[name]
                yield Place(
                    fulfilment=name,
                    provider=provider["id"],
                    provider_name=provider["descriptor"]["name"],
                    item=item["id"],
                    item_name=item["descriptor"]["name"],
                    doctor=slot["agent"]["person"]["name"],
                    starts_at=moment(slot["stops"][0]),
                    left=_left(slot),
                    price=f"{price['currency']} {price['value']}",
                )


def order(
    place: Place, person: Person | None = None, *, handed_in: str = ""
) -> Message:
    """
    Write an order of a place, for somebody if they are known.

    `handed_in` names the form of the house on which they say so themselves.
    """
    slot: Message = {"id": place.fulfilment}
    written: Message = {
        "provider": {"id": place.provider},
        "items": [{"id": place.item}],
        "fulfillments": [slot],
    }
    if person is not None:
        who = {"name": person.name}
        who |= {"gender": person.sex} if person.sex else {}
        who |= {"age": f"P{person.age}Y"} if person.age else {}
        slot["customer"] = {"person": who, "contact": {"phone": person.phone}}
        written["billing"] = {"name": person.name, "phone": person.phone}
    if handed_in:
        written["xinput"] = {"form": {"submission_id": handed_in}}
    return {"order": written}


def agreed(draft: Message, transfer: str) -> Message:
    """
    Agree to the quote and the terms of a draft, and pay it if the app is to.

    `transfer` names the payment that the app has made.
    """
    (terms,) = draft["payments"]
    if before(draft):
        params = {**terms["params"], "transaction_id": transfer}
        terms = {**terms, "status": "PAID", "params": params}
    return {"quote": draft["quote"], "payments": [terms]}


def before(order: Message) -> bool:
    """Say whether the app takes the money before the visit is booked."""
    return bool(order["payments"][0]["collected_by"] == "BAP")


def cancel(order_id: str, reason: str) -> Message:
    return {"order_id": order_id, "cancellation_reason_id": reason}


def moment(stop: Message) -> datetime:
    """Read when a stop is, as the buyer's clock shows it."""
    return datetime.fromisoformat(stop["time"]["timestamp"]).astimezone(ZONE)


def _left(slot: Message) -> str:
    values = {
        each["descriptor"]["code"]: str(each["value"])
        for tag in slot.get("tags", [])
        for each in tag["list"]
    }
    return values.get("LEFT", "")
