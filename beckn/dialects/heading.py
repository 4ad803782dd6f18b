"""Read the fields of a context: leniently, but never guessed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from beckn.problems import Code, Problem

LONGEST_ID = 200
_LONGEST_URI = 500


def text(
    raw: Mapping[str, Any], *names: str, needed: bool = True, most: int = LONGEST_ID
) -> str:
    """
    Give the first of these fields that says something; the first one is its name.

    :raises Problem: if it cannot be read, or is needed and missing
    """
    found = next((raw[name] for name in names if raw.get(name) is not None), "")
    path = f"context.{names[0]}"
    if not isinstance(found, str) or len(found) > most or not found.isprintable():
        raise Problem(Code.INVALID, path, f"{names[0]} cannot be read")
    if needed and not found.strip():
        raise Problem(Code.INVALID, path, f"{names[0]} is missing")
    return found.strip()


def uri(raw: Mapping[str, Any], *names: str, needed: bool = True) -> str:
    """
    Give an address without the slash at its end.

    :raises Problem: if it cannot be read, or is needed and missing
    """
    return text(raw, *names, needed=needed, most=_LONGEST_URI).removesuffix("/")


def moment(raw: Mapping[str, Any], zone: ZoneInfo) -> datetime:
    """
    Give when a message was sent, in UTC; `zone` is for times that tell none.

    :raises Problem: if that cannot be read
    """
    written = text(raw, "timestamp")
    try:
        found = datetime.fromisoformat(written)
        aware = found if found.tzinfo else found.replace(tzinfo=zone)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(
            Code.INVALID, "context.timestamp", "timestamp cannot be read"
        ) from None


def place(name: str, *where: Mapping[str, Any]) -> str:
    """Read a city or country by its code, or plain; nothing where it says none."""
    for each in where:
        found = each.get(name)
        said = found.get("code") if isinstance(found, dict) else found
        if isinstance(said, str) and said.isprintable():
            return said[:LONGEST_ID]
    return ""
