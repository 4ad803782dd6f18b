"""What a message means, in one line for people."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from beckn import durations, envelopes
from beckn.trust.calling import Answer

# The buyer's app is one of India's; so are the times it shows.
ZONE = ZoneInfo("Asia/Kolkata")

Body = Mapping[str, Any]


def of(action: str, body: Body) -> str:
    """Say what it says; a refusal by its code."""
    if "error" in body:
        error = body["error"]
        return f"refused, {error.get('code')}: {error.get('message')}"
    teller = _TELLERS.get(action)
    return teller(body.get("message", {})) if teller else ""


def answered(told: Answer) -> str:
    """Say in a word how a message of ours was answered."""
    verdict, _ = envelopes.verdict(told.body)
    return str(told.status) if verdict is None else verdict.value


def flaw(told: Answer) -> str:
    """Say why whoever got it did not believe our signature; nothing if they did."""
    if told.status != HTTPStatus.UNAUTHORIZED:
        return ""
    try:
        return str(json.loads(told.body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return "not believed"


def moment(written: str) -> str:
    """Write a moment of a message as people of the buyer's country read it."""
    return f"{datetime.fromisoformat(written).astimezone(ZONE):%a %d %b, %H:%M}"


def _search(message: Body) -> str:
    intent = message.get("intent", {})
    slot = intent.get("fulfillment", {})
    doctor = slot.get("agent", {}).get("person", {}).get("name")
    department = intent.get("category", {}).get("descriptor", {}).get("code")
    sought = [f"with {doctor}" if doctor else "", department or ""]
    times = slot.get("stops", [{}])[0].get("time", {}).get("range", {})
    from_when = f"from {moment(times['start'])}" if times else ""
    return " ".join(each for each in ("a visit", *sought, from_when) if each)


def _catalog(message: Body) -> str:
    providers = message.get("catalog", {}).get("providers", [])
    slots = [each for one in providers for each in one.get("fulfillments", [])]
    if not slots:
        return "nothing is free"
    first = min(each["stops"][0]["time"]["timestamp"] for each in slots)
    names = ", ".join(each["descriptor"]["name"] for each in providers)
    return f"{len(slots)} free places at {names}, first {moment(first)}"


def _asked(message: Body) -> str:
    order = message.get("order", {})
    slot = order.get("fulfillments", [{}])[0]
    who = slot.get("customer", {}).get("person", {}).get("name")
    return f"{order['items'][0]['id']}" + (f" for {who}" if who else "")


def _quoted(message: Body) -> str:
    order = message.get("order", {})
    price = order["quote"]["price"]
    lasts = order["quote"].get("ttl", "")
    minutes = durations.read(lasts).total_seconds() / 60 if lasts else 0
    paid = ", paid before" if order["payments"][0]["type"] == "PRE-ORDER" else ""
    kept = f", kept for {minutes:.0f} minutes" if order.get("type") == "DRAFT" else ""
    return f"{price['currency']} {price['value']}{paid}{kept}"


def _ordered(message: Body) -> str:
    order = message.get("order", {})
    slot = order["fulfillments"][0]
    start = slot["stops"][0]
    token = start.get("authorization", {}).get("token")
    state = slot.get("state", {}).get("descriptor", {}).get("code", "")
    number = f", token {token}" if token else ""
    when = moment(start["time"]["timestamp"])
    return f"{order['id']} {order['status']}, {state}{number}, {when}"


def _named(message: Body) -> str:
    return str(message.get("order_id", ""))


def _tracked(message: Body) -> str:
    return str(message.get("tracking", {}).get("url", ""))


def _reasons(message: Body) -> str:
    told = message.get("cancellation_reasons", [])
    return ", ".join(each["descriptor"]["name"] for each in told)


_TELLERS: Mapping[str, Callable[[Body], str]] = {
    "search": _search,
    "on_search": _catalog,
    "select": _asked,
    "on_select": _quoted,
    "init": _asked,
    "on_init": _quoted,
    "confirm": _asked,
    "on_confirm": _ordered,
    "status": _named,
    "on_status": _ordered,
    "track": _named,
    "on_track": _tracked,
    "cancel": _named,
    "on_cancel": _ordered,
    "on_update": _ordered,
    "cancellation_reasons": _reasons,
}
