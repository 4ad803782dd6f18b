"""Messages of UHI 0.7.1 out of results: one order, one item, one visit."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from app.booking.states import Status
from app.core.spans import local_date
from app.directory.views import FacilityView
from beckn import durations
from beckn.acts.searching import plain
from beckn.commands import Billing, Person
from beckn.dialects.core_terms import params, price, title
from beckn.dialects.words import GENDERS, NOT_PAID, PAID, SERVICE, called
from beckn.results import (
    Cancelled,
    Doctors,
    Drafted,
    Found,
    Offer,
    Ordered,
    Result,
    Updated,
)
from beckn.states import TOLD
from beckn.terms import Terms

Message = dict[str, Any]
TYPE = "Physical"
# A catalog is one message here, and of more there is no use.
MOST = 300
_LAST_MOMENT = time(23, 59, 59)
_SPECIALITY, _HPR = "@abdm/gov/in/speciality", "@abdm/gov/in/hpr_id"
_BY = "@abdm/gov.in/cancelledby"
_SLOT_ID = "@abdm/gov.in/slot_id"

# The state of an order; that of its visit is the one of all networks.
STATES: Mapping[Status, str] = {
    Status.HELD: "PROCESSING",
    Status.REQUESTED: "PROCESSING",
    Status.SCHEDULED: "CONFIRMED",
    Status.CHECKED_IN: "CONFIRMED",
    Status.IN_PROGRESS: "CONFIRMED",
    Status.COMPLETED: "COMPLETED",
    Status.NO_SHOW: "COMPLETED",
    Status.CANCELLED: "CANCELLED",
    Status.DENIED: "FAILED",
    Status.EXPIRED: "FAILED",
}


def messages(result: Result, *, house: str) -> list[Message]:
    """Write a result, which is one message; `house` is the name where none is known."""
    if isinstance(result, Doctors):
        return [_catalog([_doctor(each) for each in result.doctors], house)]
    if isinstance(result, Found):
        every = [each for day in result.days for each in day.offers][:MOST]
        return [_catalog([(each, _free(each), [_item(each)]) for each in every], house)]
    return [_WRITERS[type(result)](result)]


# An offer that tells the provider, a fulfilment, and the items it is of.
_Shown = tuple[Offer, Message, list[Message]]


def _catalog(shown: list[_Shown], house: str) -> Message:
    by_place: dict[str, list[_Shown]] = {}
    for each in shown:
        by_place.setdefault(each[0].facility.slug, []).append(each)
    names = {each[0].facility.name for each in shown}
    return {
        "catalog": {
            "descriptor": {"name": ", ".join(sorted(names)) or house},
            "providers": [_provider(every) for every in by_place.values()],
        }
    }


def _provider(shown: list[_Shown]) -> Message:
    place = shown[0][0].facility
    departments = {offer.resource.department for offer, _, _ in shown}
    return {
        **_named(place),
        "categories": [
            {"id": plain(name), "descriptor": {"name": name, "code": plain(name)}}
            for name in sorted(departments)
            if name
        ],
        "fulfillments": [fulfilment for _, fulfilment, _ in shown],
        "items": [item for _, _, items in shown for item in items],
    }


def _named(place: FacilityView) -> Message:
    return {"id": place.slug, "descriptor": {"name": place.name}}


def _doctor(offers: tuple[Offer, ...]) -> _Shown:
    """Write a doctor, and as when the whole of the first day with something free."""
    first = min(offers, key=lambda each: each.span.start)
    day = local_date(first.span.start, first.facility.zone)
    whole = datetime.combine(day, time()), datetime.combine(day, _LAST_MOMENT)
    fulfilment = {
        "id": first.resource.code,
        "type": TYPE,
        "agent": _agent(first),
        **_ends(*(each.isoformat() for each in whole)),
    }
    return first, fulfilment, [_item(each, first.resource.code) for each in offers]


def _agent(offer: Offer) -> Message:
    told: Message = {"id": offer.resource.code, "name": offer.resource.name}
    tags = {_SPECIALITY: offer.resource.department, _HPR: offer.hpr_id}
    if any(tags.values()):
        told["tags"] = {name: value for name, value in tags.items() if value}
    return told


def _ends(start: str, end: str) -> Message:
    return {
        "start": {"time": {"timestamp": start}},
        "end": {"time": {"timestamp": end}},
    }


def _slot(offer: Offer) -> Message:
    """Write a place: who is seen, from when to when by the clock on the wall there."""
    zone = offer.facility.zone
    local = (
        each.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")
        for each in (offer.span.start, offer.span.end)
    )
    return {
        "id": offer.fulfilment,
        "type": TYPE,
        "agent": _agent(offer),
        **_ends(*local),
        "tags": {_SLOT_ID: offer.fulfilment},
    }


def _free(offer: Offer) -> Message:
    slot = _slot(offer)
    slot["tags"]["places_left"] = str(offer.left)
    if offer.approval:
        slot["tags"]["approval"] = "required"
    return slot


def _item(offer: Offer, fulfilment: str = "") -> Message:
    told: Message = {
        "id": offer.type.code,
        "descriptor": {
            "code": SERVICE[offer.type.category].capitalize(),
            "name": offer.type.name,
        },
        "price": price(offer.quote.price, offer.quote.currency),
        "fulfillment_id": fulfilment or offer.fulfilment,
    }
    if offer.resource.department:
        told["category_id"] = plain(offer.resource.department)
    return told


def _order(order: str, offer: Offer, slot: Message) -> Message:
    cost = price(offer.quote.price, offer.quote.currency)
    part = {"title": title(offer, "Consultation"), "price": cost}
    quote: Message = {"price": cost, "breakup": [part]}
    if offer.quote.ttl is not None:
        quote["ttl"] = durations.write(offer.quote.ttl)
    return {
        "id": order,
        "provider": _named(offer.facility),
        "item": _item(offer),
        "fulfillment": slot,
        "quote": quote,
        "payment": _payment(offer),
    }


def _payment(offer: Offer) -> Message:
    """Write when it is paid, and whether it was; UHI has no word for who takes it."""
    before = offer.quote.terms is Terms.PREPAID
    status = PAID if offer.quote.paid else NOT_PAID
    return {
        "type": "ON-ORDER" if before else "ON-FULFILLMENT",
        "status": "FREE" if offer.quote.terms is Terms.FREE else status,
        "params": params(offer),
    }


def _drafted(told: Drafted) -> Message:
    order = _order(told.order, told.offer, _slot(told.offer))
    if told.person is not None and told.person.name:
        order["customer"] = _customer(told.person)
    if told.billing is not None and told.billing.name:
        order["billing"] = _billing(told.billing)
    return {"order": order}


def _ordered(told: Ordered) -> Message:
    code, _ = TOLD[told.status]
    slot = _slot(told.offer)
    slot["state"] = {
        "descriptor": {"code": code},
        "updated_at": _moment(told.state_at),
    }
    if told.called_to is not None:
        slot["state"]["descriptor"]["short_desc"] = called(told.called_to)
    if told.token is not None:
        # The number of the doctor's queue: it is shown on arrival.
        slot["start"]["authorization"] = {"type": "TOKEN", "token": told.token}
    if told.cancelled is not None:
        slot["tags"][_BY] = "patient" if told.cancelled.by_buyer else "doctor"
    return {
        "order": {
            **_order(told.order, told.offer, slot),
            "state": STATES[told.status],
            "customer": _customer(told.person),
            "billing": _billing(told.billing),
            "created_at": _moment(told.created_at),
            "updated_at": _moment(told.updated_at),
        }
    }


def _customer(told: Person) -> Message:
    person: Message = {"name": told.name}
    if told.sex in GENDERS:
        person["gender"] = GENDERS[told.sex]
    if told.birth_year is not None:
        person["yearOfBirth"] = told.birth_year
    return {"person": person}


def _billing(told: Billing) -> Message:
    more = (("phone", told.phone), ("email", told.email))
    return {"name": told.name} | {name: value for name, value in more if value}


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")[:-6] + "Z"


_WRITERS: Mapping[type, Callable[[Any], Message]] = {
    Drafted: _drafted,
    Ordered: _ordered,
    Cancelled: _ordered,
    Updated: _ordered,
}
