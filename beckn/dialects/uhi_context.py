"""
Contexts of UHI: both ends are `consumer` and `provider`, and nothing tells a ttl.

A buyer of UHI often has one id for the transaction and each of its messages.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from beckn.context import USUAL_TTL, Context, Wire
from beckn.dialects import heading
from beckn.trust.signatures import digest


def read(raw: Mapping[str, Any], zone: ZoneInfo) -> Context:
    """
    Read the context of a message; `zone` is for times that tell none.

    :raises Problem: naming the first field that is missing or cannot be read
    """
    action = heading.text(raw, "action")
    needed = action != "search"
    return Context(
        wire=Wire.UHI,
        domain=heading.text(raw, "domain"),
        action=action,
        version=heading.text(raw, "core_version"),
        bap_id=heading.text(raw, "consumer_id"),
        bap_uri=heading.uri(raw, "consumer_uri"),
        bpp_id=heading.text(raw, "provider_id", needed=needed),
        bpp_uri=heading.uri(raw, "provider_uri", needed=needed),
        transaction_id=heading.text(raw, "transaction_id"),
        message_id=heading.text(raw, "message_id"),
        timestamp=heading.moment(raw, zone),
        ttl=USUAL_TTL,
        city=heading.place("city", raw),
        country=heading.place("country", raw),
    )


def callback(
    asked: Context, action: str, *, bpp_id: str, bpp_uri: str, message_id: str
) -> dict[str, Any]:
    """Write the context of a message back to who asked, strictly, but for its time."""
    written = {
        "domain": asked.domain,
        "country": asked.country,
        "city": asked.city,
        "action": action,
        "core_version": asked.version,
        "consumer_id": asked.bap_id,
        "consumer_uri": asked.bap_uri,
        "provider_id": bpp_id,
        "provider_uri": bpp_uri.removesuffix("/"),
        "transaction_id": asked.transaction_id,
        "message_id": message_id,
    }
    return {name: value for name, value in written.items() if value}


def known_as(context: Context, raw: bytes) -> str:
    """
    Name a message among those of its transaction and action.

    One that bears the transaction's id has no name of its own but its bytes.
    """
    if context.message_id != context.transaction_id:
        return context.message_id
    return f"digest:{digest(raw)}"
