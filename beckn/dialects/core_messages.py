"""Messages of core 1.1 out of results, strictly in the shapes of the DHP profile."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.spans import Span
from app.directory.views import FacilityView
from beckn import durations
from beckn.acts.searching import plain
from beckn.commands import Billing, Person
from beckn.dialects.core_terms import (
    cancellation_terms,
    payment,
    price,
    quote,
    terms,
)
from beckn.dialects.words import GENDERS, SERVICE, called
from beckn.results import (
    Called,
    Cancelled,
    Catalog,
    Drafted,
    Form,
    Found,
    Offer,
    Ordered,
    Quoted,
    Rateable,
    Rated,
    Reasoned,
    Result,
    Supported,
    Tracked,
    Updated,
)
from beckn.states import TOLD

Message = dict[str, Any]
_TYPE = "PHYSICAL-CONSULTATION"
_CATALOG_LASTS = timedelta(minutes=1)


def messages(result: Result, *, house: str) -> list[Message]:
    """
    Write a result: one message, or one for each day that a search found.

    `house` is where we are found from outside, as in "https://clinic.example".
    """
    if isinstance(result, Found):
        return [_catalog(each, house) for each in result.days]
    return [_WRITERS[type(result)](result, house)]


def _catalog(told: Catalog, house: str) -> Message:
    by_place: dict[str, list[Offer]] = {}
    for each in told.offers:
        by_place.setdefault(each.facility.slug, []).append(each)
    names = {each.facility.name for each in told.offers}
    return {
        "catalog": {
            "descriptor": {"name": ", ".join(sorted(names)) or house},
            "ttl": durations.write(_CATALOG_LASTS),
            "providers": [_provider(offers) for offers in by_place.values()],
        }
    }


def _provider(offers: list[Offer]) -> Message:
    place = offers[0].facility
    departments = {e.resource.department for e in offers if e.resource.department}
    by_item: dict[str, list[Offer]] = {}
    for each in offers:
        by_item.setdefault(each.type.code, []).append(each)
    return {
        "id": place.slug,
        "descriptor": {"name": place.name},
        "categories": [
            {"id": plain(name), "descriptor": {"name": name, "code": plain(name)}}
            for name in sorted(departments)
        ],
        "locations": [_location(place)],
        "fulfillments": [_free(each) for each in offers],
        "items": [_item(found) for found in by_item.values()],
        **({"tags": [_tag("HFR", ID=offers[0].hfr_id)]} if offers[0].hfr_id else {}),
    }


def _tag(group: str, **values: str) -> Message:
    return {
        "descriptor": {"code": group},
        "list": [
            {"descriptor": {"code": code}, "value": value}
            for code, value in values.items()
        ],
    }


def _location(place: FacilityView) -> Message:
    told = {"id": place.slug, "descriptor": {"name": place.name}}
    return told | ({"address": place.address} if place.address else {})


def _item(offers: list[Offer]) -> Message:
    first = offers[0]
    departments = {e.resource.department for e in offers if e.resource.department}
    return {
        **_item_of(first),
        "category_ids": sorted(plain(name) for name in departments),
        "fulfillment_ids": [each.fulfilment for each in offers],
        "quantity": {
            "available": {"count": sum(each.left for each in offers)},
            "maximum": {"count": 1},
        },
    }


def _item_of(offer: Offer) -> Message:
    return {
        "id": offer.type.code,
        "descriptor": {"name": offer.type.name, "code": SERVICE[offer.type.category]},
        "location_ids": [offer.facility.slug],
        "price": price(offer.quote.price, offer.quote.currency),
        "cancellation_terms": cancellation_terms(offer),
    }


def _slot(offer: Offer) -> Message:
    """Write a place: who is seen, from when to when."""
    return {
        "id": offer.fulfilment,
        "type": _TYPE,
        "tracking": False,
        "agent": {"person": _doctor(offer)},
        "stops": _stops(offer.span, offer.facility.slug),
    }


def _doctor(offer: Offer) -> Message:
    person: Message = {"id": offer.resource.code, "name": offer.resource.name}
    if offer.hpr_id:
        person["creds"] = [{"id": offer.hpr_id, "type": "HPR"}]
    return person


def _free(offer: Offer) -> Message:
    asks = {"APPROVAL": "REQUIRED"} if offer.approval else {}
    return {**_slot(offer), "tags": [_tag("PLACES", LEFT=str(offer.left), **asks)]}


def _stops(span: Span, location: str) -> list[Message]:
    return [
        {
            "type": "start",
            "time": {"timestamp": moment(span.start)},
            "location": {"id": location},
        },
        {"type": "end", "time": {"timestamp": moment(span.end)}},
    ]


def _quoted(told: Quoted, _house: str) -> Message:
    order = _order(told.offer, _slot(told.offer))
    return {"order": {**order, "payments": [payment(told.offer)]}}


def _order(offer: Offer, slot: Message) -> Message:
    return {
        "provider": {
            "id": offer.facility.slug,
            "descriptor": {"name": offer.facility.name},
        },
        "items": [
            {**_item_of(offer), "quantity": {"selected": {"count": 1}}},
        ],
        "fulfillments": [slot],
        "quote": quote(offer),
    }


def _drafted(told: Drafted, house: str) -> Message:
    slot = _slot(told.offer)
    if told.person is not None and told.person.name and told.person.phone:
        slot["customer"] = _customer(told.person)
    order = {
        **_order(told.offer, slot),
        "type": "DRAFT",
        **terms(told.offer),
        "xinput": _form(told.form, house),
    }
    if told.billing is not None and told.billing.name:
        order["billing"] = _billing(told.billing)
    return {"order": order}


def _form(told: Form, house: str) -> Message:
    """Write where who comes may say so: the buyer's app shows or opens it."""
    form = {"url": f"{house}{told.path}", "mime_type": "text/html"}
    return {"form": {**form, "submission_id": told.id}, "required": told.needed}


def _ordered(told: Ordered, _house: str) -> Message:
    code, status = TOLD[told.status]
    slot = {
        **_slot(told.offer),
        "tracking": True,
        "customer": _customer(told.person),
        "state": {
            "descriptor": {"code": code},
            "updated_at": moment(told.state_at),
        },
    }
    if told.called_to is not None:
        slot["state"]["descriptor"]["short_desc"] = called(told.called_to)
    if told.token is not None:
        # The number of the doctor's queue: it is shown on arrival.
        slot["stops"][0]["authorization"] = {"type": "TOKEN", "token": told.token}
    order = {
        "id": told.order,
        "status": status.value,
        "type": "DEFAULT",
        **_order(told.offer, slot),
        "billing": _billing(told.billing),
        **terms(told.offer),
        "created_at": moment(told.created_at),
        "updated_at": moment(told.updated_at),
    }
    if told.cancelled is not None:
        order["cancellation"] = _called_off(told.cancelled)
    return {"order": order}


def _called_off(told: Called) -> Message:
    written: Message = {
        "time": moment(told.at),
        "cancelled_by": "CONSUMER" if told.by_buyer else "PROVIDER",
    }
    if told.reason:
        written["reason"] = {"id": told.reason}
    if told.words:
        written["additional_description"] = {"short_desc": told.words}
    return written


def _customer(told: Person) -> Message:
    person: Message = {"name": told.name}
    if told.sex in GENDERS:
        person["gender"] = GENDERS[told.sex]
    if told.age is not None:
        person["age"] = f"P{told.age}Y"
    return {"person": person, "contact": {"phone": told.phone}}


def _billing(told: Billing) -> Message:
    more = (("phone", told.phone), ("email", told.email))
    return {"name": told.name} | {name: value for name, value in more if value}


def _tracked(told: Tracked, house: str) -> Message:
    return {
        "tracking": {
            "id": told.order,
            "url": f"{house}{told.path}",
            "status": "active" if told.active else "inactive",
        }
    }


def _rated(told: Rated, house: str) -> Message:
    form = {"url": f"{house}{told.path}", "mime_type": "text/html"}
    return {"feedback_form": {"form": form, "required": False}}


def _supported(told: Supported, _house: str) -> Message:
    return {"support": {"ref_id": told.order, "phone": told.phone}}


def _reasons(told: Reasoned, _house: str) -> Message:
    return {
        "cancellation_reasons": [
            {"id": each, "descriptor": {"name": name}}
            for each, name in told.choices.items()
        ]
    }


def _rateable(told: Rateable, _house: str) -> Message:
    return {"rating_categories": list(told.choices)}


def moment(when: datetime) -> str:
    """Write a moment in UTC, to the second."""
    return when.astimezone(UTC).isoformat(timespec="seconds")[:-6] + "Z"


_WRITERS: Mapping[type, Callable[[Any, str], Message]] = {
    Catalog: _catalog,
    Quoted: _quoted,
    Drafted: _drafted,
    Ordered: _ordered,
    Cancelled: _ordered,
    Updated: _ordered,
    Tracked: _tracked,
    Rated: _rated,
    Supported: _supported,
    Reasoned: _reasons,
    Rateable: _rateable,
}
