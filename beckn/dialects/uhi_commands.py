"""Commands out of messages of UHI 0.7.1, where an order has one item and one visit."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.patients import abha
from app.patients.views import Sex
from beckn.commands import (
    Billing,
    Cancel,
    Command,
    Confirm,
    FindDoctors,
    Init,
    Payment,
    Person,
    Search,
    Status,
)
from beckn.dialects import reading
from beckn.dialects.words import PAID, SERVICES, SEXES
from beckn.problems import Code, Problem

_ORDER, _SLOT = "message.order", "message.order.fulfillment"
# The network writes its own marks in both ways, now in one place and now in the other.
_MARKS = ("@abdm/gov/in/", "@abdm/gov.in/")
_IN_PERSON = "PHYSICAL"
_FREE = "FREE"
# Reasons are not told; who calls off is.
_PATIENT, _NO_REASON = "PATIENT", "001"
_FIRST_YEAR, _LAST_YEAR = 1890, 2100
_OF_NUMBERS = dict.fromkeys(map(ord, "0123456789- "))


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
    """
    Read what is sought: doctors, or the free places of a provider named by its id.

    The first search goes through the gateway to all, and knows nobody's ids; the second
    comes straight from who read the answer.
    """
    intent = reading.thing(message.get("intent"), "message.intent")
    provider = reading.thing(intent.get("provider"), "message.intent.provider")
    provider_id = reading.text(provider.get("id"), "message.intent.provider.id")
    item = _named(_one(intent, provider, "item"), "message.intent.item")
    category = _named(_one(intent, provider, "category"), "message.intent.category")
    visit, at = _one(intent, provider, "fulfillment"), "message.intent.fulfillment"
    service = SERVICES.get(item.upper())
    kind = Search if provider_id else FindDoctors
    return kind(
        provider=provider_id or _named(provider, "message.intent.provider"),
        doctor=_doctor(visit, at),
        department=category,
        services=service or frozenset(),
        item="" if service else item,
        after=reading.moment(_time(visit, "start", at), f"{at}.start"),
        before=reading.moment(_time(visit, "end", at), f"{at}.end"),
        remote=not _in_person(visit, at),
    )


def _one(intent: dict[str, Any], provider: dict[str, Any], name: str) -> dict[str, Any]:
    """Give what is sought of a kind: alone, or the first of a provider's."""
    path = f"message.intent.{name}"
    alone = reading.first(intent.get(name), path)
    if alone:
        return alone
    every = {"category": "categories"}.get(name, f"{name}s")
    return reading.first(provider.get(every), f"message.intent.provider.{every}")


def _named(it: dict[str, Any], path: str) -> str:
    """Give by what a thing is sought: its id, its code, or its name."""
    words = reading.thing(it.get("descriptor"), f"{path}.descriptor")
    return (
        reading.text(it.get("id"), f"{path}.id")
        or reading.text(words.get("code"), f"{path}.descriptor.code")
        or reading.text(words.get("name"), f"{path}.descriptor.name")
    )


def _doctor(visit: dict[str, Any], at: str) -> str:
    agent = reading.thing(visit.get("agent"), f"{at}.agent")
    return (
        reading.text(agent.get("id"), f"{at}.agent.id")
        or _mark(agent, "hpr_id", f"{at}.agent")
        or reading.text(agent.get("name"), f"{at}.agent.name")
    )


def _mark(it: dict[str, Any], name: str, path: str) -> str:
    """Read one of the network's own marks, however its name is written."""
    tags = reading.thing(it.get("tags"), f"{path}.tags")
    found = next((tags[m + name] for m in _MARKS if tags.get(m + name)), None)
    return reading.text(found, f"{path}.tags.{name}")


def _time(visit: dict[str, Any], end: str, at: str) -> Any:
    spot = reading.thing(visit.get(end), f"{at}.{end}")
    return reading.thing(spot.get("time"), f"{at}.{end}.time").get("timestamp")


def _in_person(visit: dict[str, Any], at: str) -> bool:
    """Tell whether one comes in person: Physical, PhysicalConsultation, or unsaid."""
    written = reading.text(visit.get("type"), f"{at}.type").upper()
    return not written or written.startswith(_IN_PERSON)


def _order(message: dict[str, Any]) -> dict[str, Any]:
    return reading.thing(message.get("order"), _ORDER)


def _visit(order: dict[str, Any]) -> dict[str, Any]:
    every = order.get("fulfillment", order.get("fulfillments"))
    return reading.first(every, _SLOT)


def _place(order: dict[str, Any]) -> dict[str, str]:
    """
    Read which place an order is about.

    :raises Problem: if it is of no visit in person, or is not named
    """
    visit = _visit(order)
    if not _in_person(visit, _SLOT):
        raise Problem(
            Code.FULFILMENT_UNAVAILABLE,
            f"{_SLOT}.type",
            "visits are in person here: Physical",
        )
    found = {
        "provider": reading.thing(order.get("provider"), f"{_ORDER}.provider"),
        "item": reading.first(order.get("item", order.get("items")), f"{_ORDER}.item"),
        "fulfilment": visit,
    }
    paths = {"fulfilment": _SLOT}
    return {
        name: reading.text(
            it.get("id"), f"{paths.get(name, f'{_ORDER}.{name}')}.id", needed=True
        )
        for name, it in found.items()
    }


def _init(message: dict[str, Any]) -> Init:
    order = _order(message)
    return Init(**_place(order), person=_person(order), billing=_billing(order))


def _confirm(message: dict[str, Any]) -> Confirm:
    order = _order(message)
    price, payment = _money(order)
    return Confirm(
        **_place(order),
        person=_person(order),
        billing=_billing(order),
        price=price,
        payment=payment,
        draft=reading.text(order.get("id"), f"{_ORDER}.id"),
    )


def _money(order: dict[str, Any]) -> tuple[Decimal | None, Payment]:
    """Read what is said to cost how much, and whether the buyer's app has taken it."""
    quote = reading.thing(order.get("quote"), f"{_ORDER}.quote")
    cost = reading.thing(quote.get("price"), f"{_ORDER}.quote.price")
    payment = reading.thing(order.get("payment"), f"{_ORDER}.payment")
    at = f"{_ORDER}.payment.params"
    params = reading.thing(payment.get("params"), at)
    price = reading.price(cost.get("value"), f"{_ORDER}.quote.price.value")
    amount = reading.price(params.get("amount"), f"{at}.amount")
    status = reading.text(payment.get("status"), f"{_ORDER}.payment.status").upper()
    # Of the money of a payment nothing need be said here: it is that of the quote.
    currency = reading.text(params.get("currency"), f"{at}.currency") or reading.text(
        cost.get("currency"), f"{_ORDER}.quote.price.currency"
    )
    told = Payment(
        paid=status == PAID,
        transaction_id=reading.text(
            params.get("transaction_id"), f"{at}.transaction_id"
        ),
        amount=amount,
        currency=currency or None,
    )
    if status == _FREE:
        return Decimal(0), told
    return (price if price is not None else amount), told


def _person(order: dict[str, Any]) -> Person | None:
    """Read who comes; what the network does not say of them is that of who pays."""
    customer = reading.thing(order.get("customer"), f"{_ORDER}.customer")
    payer = _billing(order)
    if not customer and payer is None:
        return None
    at = f"{_ORDER}.customer.person"
    told = reading.thing(customer.get("person"), at)
    contact = reading.thing(customer.get("contact"), f"{_ORDER}.customer.contact")
    name = reading.text(told.get("name"), f"{at}.name")
    phone = reading.text(contact.get("phone"), f"{_ORDER}.customer.contact.phone")
    sex = reading.text(told.get("gender"), f"{at}.gender").lower()
    return Person(
        name=name or (payer.name if payer else ""),
        sex=SEXES.get(sex, Sex.UNKNOWN),
        phone=phone or (payer.phone if payer else ""),
        birth_year=_birth_year(told.get("yearOfBirth"), f"{at}.yearOfBirth"),
        abha=_abha(customer),
    )


def _abha(customer: dict[str, Any]) -> str:
    """
    Read the ABHA number or address of who comes.

    An address names nobody who could be asked, and joins nobody.

    :raises Problem: if it is no address, and has more than the digits of a number
    """
    at = f"{_ORDER}.customer.id"
    told = reading.text(customer.get("id"), at)
    if told.translate(_OF_NUMBERS) and not abha.is_address(told):
        raise Problem(
            Code.INVALID,
            at,
            "it is no ABHA address: 8 to 18 letters and digits, with a dot and an"
            " underscore inside at most, and @abdm or @sbx",
        )
    return told


def _birth_year(found: Any, path: str) -> int | None:
    written = reading.text(found, path)
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) == 4):
        raise Problem(Code.INVALID, path, f"{path} is no year")
    if not _FIRST_YEAR <= int(written) <= _LAST_YEAR:
        raise Problem(Code.INVALID, path, f"{path} is no year")
    return int(written)


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


def _status(message: dict[str, Any]) -> Status:
    return Status(_order_id(message))


def _order_id(message: dict[str, Any]) -> str:
    told = _order(message).get("id") or message.get("order_id")
    return reading.text(told, f"{_ORDER}.id", needed=True)


def _cancel(message: dict[str, Any]) -> Cancel:
    path = f"{_SLOT}.tags.cancelledby"
    by = _mark(_visit(_order(message)), "cancelledby", _SLOT)
    if by and by.upper() != _PATIENT:
        # Doctors of this house call off at its desk, and not by a patient's app.
        raise Problem(Code.BAD_REASON, path, "it is the patient who cancels here")
    return Cancel(_order_id(message), _NO_REASON)


_READERS: Mapping[str, Callable[[dict[str, Any]], Command]] = {
    "search": _search,
    "init": _init,
    "confirm": _confirm,
    "status": _status,
    "cancel": _cancel,
}
