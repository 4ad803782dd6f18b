"""Read what came off the wire: leniently, with a path for whatever cannot be meant."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from beckn.problems import Code, Problem

_LONGEST = 500


def thing(found: Any, path: str) -> dict[str, Any]:
    """Give an object; an empty one where there is none."""
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Problem(Code.INVALID, path, f"{path} is no object")
    return found


def first(found: Any, path: str) -> dict[str, Any]:
    """Give the first object of a list, or the only one, where it stands alone."""
    if isinstance(found, list):
        return thing(found[0] if found else None, f"{path}[0]")
    return thing(found, path)


def listed(found: Any, path: str) -> list[dict[str, Any]]:
    """Give the objects of a list; none where there is none."""
    every = found if isinstance(found, list) else [] if found is None else [found]
    return [thing(each, f"{path}[{i}]") for i, each in enumerate(every)]


def text(found: Any, path: str, *, needed: bool = False) -> str:
    """
    Give a text without spaces around it.

    :raises Problem: if it is none, is too long, or is needed and missing
    """
    if found is None:
        found = ""
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or len(found) > _LONGEST or "\0" in found:
        raise Problem(Code.INVALID, path, f"{path} cannot be read")
    if needed and not found.strip():
        raise Problem(Code.INVALID, path, f"{path} is missing")
    return found.strip()


def moment(found: Any, path: str) -> datetime | None:
    """Give a moment with its zone; one without has none that is known here."""
    written = text(found, path)
    if not written:
        return None
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise Problem(Code.INVALID, path, f"{path} is no moment") from None
    if read.tzinfo is None:
        raise Problem(Code.INVALID, path, f"{path} tells no time zone")
    return read


def price(found: Any, path: str) -> Decimal | None:
    """Give an amount of money."""
    written = text(found, path)
    if not written:
        return None
    try:
        read = Decimal(written)
    except InvalidOperation:
        raise Problem(Code.INVALID, path, f"{path} is no amount") from None
    if not read.is_finite():
        raise Problem(Code.INVALID, path, f"{path} is no amount")
    return read
