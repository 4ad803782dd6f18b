"""The context of a message: read leniently, but never guessed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from beckn import durations
from beckn.problems import Code, Problem

# Where a message says nothing of how long it may be on its way.
USUAL_TTL = timedelta(seconds=30)
_LONGEST_ID = 200
_LONGEST_URI = 500


class Wire(StrEnum):
    """How a network writes its fields; its version string says nothing of it."""

    CORE = "core"
    UHI = "uhi"
    V2 = "v2"


# The field that names the buyer is written in another way by each of them.
_KNOWN_BY = {"bap_id": Wire.CORE, "consumer_id": Wire.UHI, "bapId": Wire.V2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """
    Who speaks to whom, of what, and when; in the names of core networks.

    `bpp_id` and `bpp_uri` may be empty in a search alone. Addresses end in no slash.
    """

    domain: str
    action: str
    version: str
    bap_id: str
    bap_uri: str
    bpp_id: str
    bpp_uri: str
    transaction_id: str
    message_id: str
    timestamp: datetime
    ttl: timedelta
    city: str
    country: str

    @property
    def stale_at(self) -> datetime:
        """Tell until when it may be answered."""
        return self.timestamp + self.ttl


def wire(context: Mapping[str, Any]) -> Wire:
    """
    Tell the dialect of a raw context by the casing of its fields.

    :raises Problem: if no network writes so
    """
    for field, known in _KNOWN_BY.items():
        if field in context:
            return known
    raise Problem(Code.INVALID, "context.bap_id", "bap_id is missing")


def read(body: Mapping[str, Any], *, zone: ZoneInfo | None = None) -> Context:
    """
    Read the context of a message; `zone` is for times that tell none, UTC if None.

    :raises Problem: naming the first field that is missing or cannot be read
    """
    raw = body.get("context")
    if not isinstance(raw, dict):
        raise Problem(Code.INVALID, "context", "context is missing")
    known = wire(raw)
    reader = _READERS.get(known)
    if reader is None:
        raise Problem(Code.INVALID, "context", f"no messages of {known} are taken here")
    return reader(raw, zone)


def _core(raw: Mapping[str, Any], zone: ZoneInfo | None) -> Context:
    action = _text(raw, "action")
    needed = action != "search"
    location = raw.get("location")
    place = location if isinstance(location, dict) else {}
    return Context(
        domain=_text(raw, "domain"),
        action=action,
        version=_text(raw, "version", "core_version"),
        bap_id=_text(raw, "bap_id"),
        bap_uri=_uri(raw, "bap_uri", "bap_url"),
        bpp_id=_text(raw, "bpp_id", needed=needed),
        bpp_uri=_uri(raw, "bpp_uri", "bpp_url", needed=needed),
        transaction_id=_text(raw, "transaction_id"),
        message_id=_text(raw, "message_id"),
        timestamp=_moment(_text(raw, "timestamp"), zone),
        ttl=_ttl(raw),
        city=_place(raw, place, "city"),
        country=_place(raw, place, "country"),
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


def stamp(moment: datetime) -> str:
    """Write a moment as networks want it: RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


_READERS: Mapping[Wire, Callable[[Mapping[str, Any], ZoneInfo | None], Context]] = {
    Wire.CORE: _core
}


def _text(
    raw: Mapping[str, Any], *names: str, needed: bool = True, most: int = _LONGEST_ID
) -> str:
    """Give the first of these fields that says something; the first one is its name."""
    found = next((raw[name] for name in names if raw.get(name) is not None), "")
    path = f"context.{names[0]}"
    if not isinstance(found, str) or len(found) > most or not found.isprintable():
        raise Problem(Code.INVALID, path, f"{names[0]} cannot be read")
    if needed and not found.strip():
        raise Problem(Code.INVALID, path, f"{names[0]} is missing")
    return found.strip()


def _uri(raw: Mapping[str, Any], *names: str, needed: bool = True) -> str:
    return _text(raw, *names, needed=needed, most=_LONGEST_URI).removesuffix("/")


def _moment(written: str, zone: ZoneInfo | None) -> datetime:
    try:
        found = datetime.fromisoformat(written)
        aware = found if found.tzinfo else found.replace(tzinfo=zone or UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(
            Code.INVALID, "context.timestamp", "timestamp cannot be read"
        ) from None


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


def _place(raw: Mapping[str, Any], location: Mapping[str, Any], name: str) -> str:
    """Read a city or country: of `location` by its code, or plain, as older ones do."""
    for found in (location.get(name), raw.get(name)):
        said = found.get("code") if isinstance(found, dict) else found
        if isinstance(said, str) and said.isprintable():
            return said[:_LONGEST_ID]
    return ""
