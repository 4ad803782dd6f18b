"""Contexts of core networks: both ends are `bap` and `bpp`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from beckn import durations
from beckn.context import USUAL_TTL, Context, Wire
from beckn.dialects import heading
from beckn.problems import Code, Problem


def read(raw: Mapping[str, Any], zone: ZoneInfo) -> Context:
    """
    Read the context of a message; `zone` is for times that tell none.

    :raises Problem: naming the first field that is missing or cannot be read
    """
    action = heading.text(raw, "action")
    needed = action != "search"
    location = raw.get("location")
    where = location if isinstance(location, dict) else {}
    return Context(
        wire=Wire.CORE,
        domain=heading.text(raw, "domain"),
        action=action,
        version=heading.text(raw, "version", "core_version"),
        bap_id=heading.text(raw, "bap_id"),
        bap_uri=heading.uri(raw, "bap_uri", "bap_url"),
        bpp_id=heading.text(raw, "bpp_id", needed=needed),
        bpp_uri=heading.uri(raw, "bpp_uri", "bpp_url", needed=needed),
        transaction_id=heading.text(raw, "transaction_id"),
        message_id=heading.text(raw, "message_id"),
        timestamp=heading.moment(raw, zone),
        ttl=_ttl(raw),
        # Older networks write them beside the rest, and not into a location.
        city=heading.place("city", where, raw),
        country=heading.place("country", where, raw),
    )


def callback(
    asked: Context, action: str, *, bpp_id: str, bpp_uri: str, message_id: str
) -> dict[str, Any]:
    """Write the context of a message back to who asked, strictly, but for its time."""
    location = {
        name: {"code": code}
        for name, code in (("country", asked.country), ("city", asked.city))
        if code
    }
    written = {
        "domain": asked.domain,
        "action": action,
        "version": asked.version,
        "bap_id": asked.bap_id,
        "bap_uri": asked.bap_uri,
        "bpp_id": bpp_id,
        "bpp_uri": bpp_uri.removesuffix("/"),
        "transaction_id": asked.transaction_id,
        "message_id": message_id,
        "ttl": durations.write(asked.ttl),
    }
    return written | ({"location": location} if location else {})


def _ttl(raw: Mapping[str, Any]) -> timedelta:
    written = raw.get("ttl")
    if written is None:
        return USUAL_TTL
    try:
        return durations.read(written)
    except (TypeError, ValueError, OverflowError):
        raise Problem(
            Code.INVALID, "context.ttl", "ttl is no duration, as PT30S is"
        ) from None
