"""Commands out of messages of core 1.1, as buyers of the DHP profile write them."""

from collections.abc import Callable, Mapping
from typing import Any

from app.patients.views import Sex
from beckn import durations
from beckn.commands import (
    Billing,
    Cancel,
    Command,
    Confirm,
    Init,
    Part,
    Payment,
    Person,
    Rate,
    RatingCategories,
    Reasons,
    Search,
    Select,
    Status,
    Support,
    Track,
    Update,
)
from beckn.dialects import reading
from beckn.dialects.words import PAID, SERVICES, SEXES
from beckn.problems import Code, Problem

_ORDER, _SLOT = "message.order", "message.order.fulfillments[0]"
_DAYS_A_YEAR, _OLDEST = 365, 130
_ABHA = "ABHA"


def command(action: str, message: dict[str, Any]) -> Command:
    """
    Read what a message asks.

    :raises Problem: naming the first field that cannot be meant
    """
    reader = _READERS.get(action)
    if reader is None:
        raise Problem(Code.NOT_APPLICABLE, "context.action", "that is not done here")
    return reader(message)


def _search(message: dict[str, Any]) -> Search:
    intent = reading.thing(message.get("intent"), "message.intent")
    at = "message.intent.fulfillment"
    slot = reading.first(intent.get("fulfillment"), at)
    agent = reading.thing(slot.get("agent"), f"{at}.agent")
    person = reading.thing(agent.get("person"), f"{at}.agent.person")
    stop = reading.first(slot.get("stops"), f"{at}.stops")
    time = reading.thing(stop.get("time"), f"{at}.stops[0].time")
    span = reading.thing(time.get("range"), f"{at}.stops[0].time.range")
    item = _named(intent, "item")
    service = SERVICES.get(item.upper())
    return Search(
        provider=_named(intent, "provider"),
        doctor=reading.text(person.get("id"), f"{at}.agent.person.id")
        or reading.text(person.get("name"), f"{at}.agent.person.name"),
        department=_named(intent, "category"),
        services=service or frozenset(),
        item="" if service else item,
        after=reading.moment(
            span.get("start") or time.get("timestamp"), f"{at}.stops[0].time"
        ),
        before=reading.moment(span.get("end"), f"{at}.stops[0].time.range.end"),
    )


def _named(intent: dict[str, Any], name: str) -> str:
    """Give by what a thing is sought: its id, its code, or its name."""
    path = f"message.intent.{name}"
    it = reading.thing(intent.get(name), path)
    words = reading.thing(it.get("descriptor"), f"{path}.descriptor")
    return (
        reading.text(it.get("id"), f"{path}.id")
        or reading.text(words.get("code"), f"{path}.descriptor.code")
        or reading.text(words.get("name"), f"{path}.descriptor.name")
    )


def _order(message: dict[str, Any]) -> dict[str, Any]:
    return reading.thing(message.get("order"), _ORDER)


def _place(order: dict[str, Any]) -> dict[str, str]:
    """Read which place an order is about."""
    found = {
        "provider": reading.thing(order.get("provider"), f"{_ORDER}.provider"),
        "item": reading.first(order.get("items"), f"{_ORDER}.items"),
        "fulfilment": reading.first(
            order.get("fulfillments"), f"{_ORDER}.fulfillments"
        ),
    }
    paths = {"provider": f"{_ORDER}.provider", "item": f"{_ORDER}.items[0]"}
    return {
        name: reading.text(it.get("id"), f"{paths.get(name, _SLOT)}.id", needed=True)
        for name, it in found.items()
    }


def _select(message: dict[str, Any]) -> Select:
    return Select(**_place(_order(message)))


def _init(message: dict[str, Any]) -> Init:
    order = _order(message)
    return Init(
        **_place(order),
        person=_person(order),
        billing=_billing(order),
        form=_form(order),
    )


def _form(order: dict[str, Any]) -> str:
    """Read by what id our form is said to be filled: of the order, or of its item."""
    item = reading.first(order.get("items"), f"{_ORDER}.items")
    for it, at in ((order, _ORDER), (item, f"{_ORDER}.items[0]")):
        told = reading.thing(it.get("xinput"), f"{at}.xinput")
        form = reading.thing(told.get("form"), f"{at}.xinput.form")
        found = reading.text(
            form.get("submission_id"), f"{at}.xinput.form.submission_id"
        )
        if found:
            return found
    return ""


def _confirm(message: dict[str, Any]) -> Confirm:
    order = _order(message)
    quote = reading.thing(order.get("quote"), f"{_ORDER}.quote")
    price = reading.thing(quote.get("price"), f"{_ORDER}.quote.price")
    return Confirm(
        **_place(order),
        person=_person(order),
        billing=_billing(order),
        form=_form(order),
        price=reading.price(price.get("value"), f"{_ORDER}.quote.price.value"),
        payment=_payment(order),
    )


def _payment(order: dict[str, Any]) -> Payment:
    at = f"{_ORDER}.payments[0]"
    every = reading.listed(order.get("payments"), f"{_ORDER}.payments")
    if len(every) > 1:
        # Each would be a part of the sum, and one alone is told.
        path = f"{_ORDER}.payments[1]"
        raise Problem(Code.INVALID, path, "an order is paid by one payment")
    told = every[0] if every else {}
    params = reading.thing(told.get("params"), f"{at}.params")
    by = reading.text(told.get("collected_by"), f"{at}.collected_by")
    return Payment(
        collected_by=by.upper(),
        paid=reading.text(told.get("status"), f"{at}.status").upper() == PAID,
        transaction_id=reading.text(
            params.get("transaction_id"), f"{at}.params.transaction_id"
        ),
        amount=reading.price(params.get("amount"), f"{at}.params.amount"),
        currency=reading.text(params.get("currency"), f"{at}.params.currency"),
    )


def _person(order: dict[str, Any]) -> Person | None:
    slot = reading.first(order.get("fulfillments"), f"{_ORDER}.fulfillments")
    customer = reading.thing(slot.get("customer"), f"{_SLOT}.customer")
    if not customer:
        return None
    at = f"{_SLOT}.customer.person"
    told = reading.thing(customer.get("person"), at)
    contact = reading.thing(customer.get("contact"), f"{_SLOT}.customer.contact")
    sex = reading.text(told.get("gender"), f"{at}.gender").lower()
    return Person(
        name=reading.text(told.get("name"), f"{at}.name"),
        sex=SEXES.get(sex, Sex.UNKNOWN),
        age=_age(told.get("age"), f"{at}.age"),
        phone=reading.text(contact.get("phone"), f"{_SLOT}.customer.contact.phone"),
        abha=_abha(told, at),
    )


def _abha(told: dict[str, Any], at: str) -> str:
    """Read the number of a credential that is one of ABHA, whatever else is shown."""
    for number, each in enumerate(reading.listed(told.get("creds"), f"{at}.creds")):
        path = f"{at}.creds[{number}]"
        if reading.text(each.get("type"), f"{path}.type").upper() == _ABHA:
            return reading.text(each.get("id"), f"{path}.id")
    return ""


def _age(found: Any, path: str) -> int | None:
    """Read an age as the duration it is, or as plain years."""
    written = reading.text(found, path)
    if not written:
        return None
    try:
        if written.isascii() and written.isdigit():
            years = int(written)
        else:
            years = durations.read(written).days // _DAYS_A_YEAR
    except (ValueError, OverflowError):
        raise Problem(Code.INVALID, path, f"{path} is no age") from None
    if years > _OLDEST:
        raise Problem(Code.INVALID, path, f"{path} is no age")
    return years


def _billing(order: dict[str, Any]) -> Billing | None:
    at = f"{_ORDER}.billing"
    told = reading.thing(order.get("billing"), at)
    if not told:
        return None
    return Billing(
        name=reading.text(told.get("name"), f"{at}.name"),
        phone=reading.text(told.get("phone"), f"{at}.phone"),
        email=reading.text(told.get("email"), f"{at}.email"),
    )


def _order_id(message: dict[str, Any]) -> str:
    return reading.text(message.get("order_id"), "message.order_id", needed=True)


def _cancel(message: dict[str, Any]) -> Cancel:
    words = reading.thing(message.get("descriptor"), "message.descriptor")
    return Cancel(
        _order_id(message),
        reading.text(
            message.get("cancellation_reason_id"), "message.cancellation_reason_id"
        ),
        reading.text(words.get("short_desc"), "message.descriptor.short_desc"),
    )


# What a target names, by a word of it: paths of one field, or names of objects.
_TARGETS: Mapping[str, Part] = {
    "billing": Part.BILLING,
    "customer": Part.PERSON,
    "person": Part.PERSON,
    "contact": Part.PERSON,
    "stops": Part.TIME,
    "time": Part.TIME,
    "fulfillment": Part.TIME,
    "fulfillments": Part.TIME,
    "item": Part.ITEM,
    "items": Part.ITEM,
}


def _update(message: dict[str, Any]) -> Update:
    order = _order(message)
    slot = reading.first(order.get("fulfillments"), f"{_ORDER}.fulfillments")
    item = reading.first(order.get("items"), f"{_ORDER}.items")
    stop = reading.first(slot.get("stops"), f"{_SLOT}.stops")
    time = reading.thing(stop.get("time"), f"{_SLOT}.stops[0].time")
    span = reading.thing(time.get("range"), f"{_SLOT}.stops[0].time.range")
    return Update(
        order=reading.text(order.get("id"), f"{_ORDER}.id", needed=True),
        parts=_parts(message),
        fulfilment=reading.text(slot.get("id"), f"{_SLOT}.id"),
        item=reading.text(item.get("id"), f"{_ORDER}.items[0].id"),
        starts_at=reading.moment(
            span.get("start") or time.get("timestamp"), f"{_SLOT}.stops[0].time"
        ),
        billing=_billing(order),
        person=_person(order),
    )


def _parts(message: dict[str, Any]) -> frozenset[Part]:
    path = "message.update_target"
    written = reading.text(message.get("update_target"), path, needed=True)
    found = set()
    for each in written.split(","):
        words = each.replace("[", ".").replace("]", "").strip().split(".")
        # The last word that means something says most: a customer of a fulfilment.
        part = next((_TARGETS[w] for w in reversed(words) if w in _TARGETS), None)
        if part is None:
            raise Problem(Code.BAD_UPDATE_TARGET, path, f"{each.strip()} stays")
        found.add(part)
    return frozenset(found)


def _rate(message: dict[str, Any]) -> Rate:
    every = message.get("ratings", message.get("rating"))
    told = reading.listed(every, "message.ratings")
    if len(told) != 1:
        raise Problem(Code.INVALID, "message.ratings", "one rating is taken at a time")
    at = "message.ratings[0]"
    return Rate(
        reading.text(told[0].get("rating_category"), f"{at}.rating_category"),
        reading.text(told[0].get("id"), f"{at}.id", needed=True),
        reading.text(told[0].get("value"), f"{at}.value", needed=True),
    )


def _support(message: dict[str, Any]) -> Support:
    told = reading.thing(message.get("support"), "message.support")
    return Support(
        reading.text(told.get("ref_id"), "message.support.ref_id", needed=True)
    )


_READERS: Mapping[str, Callable[[dict[str, Any]], Command]] = {
    "search": _search,
    "select": _select,
    "init": _init,
    "confirm": _confirm,
    "status": lambda message: Status(_order_id(message)),
    "track": lambda message: Track(_order_id(message)),
    "cancel": _cancel,
    "update": _update,
    "rating": _rate,
    "support": _support,
    "get_cancellation_reasons": lambda _: Reasons(),
    "get_rating_categories": lambda _: RatingCategories(),
}
