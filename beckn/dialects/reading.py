"""Read what came off the wire: leniently, with a path for whatever cannot be meant."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from beckn.problems import Code, Problem

_LONGEST = 500
# As a price is written; what else a library reads as a number is no amount of money.
_AMOUNT = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


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
    if not isinstance(found, str) or len(found) > _LONGEST or not _kept(found):
        raise Problem(Code.INVALID, path, f"{path} cannot be read")
    if needed and not found.strip():
        raise Problem(Code.INVALID, path, f"{path} is missing")
    return found.strip()


def _kept(found: str) -> bool:
    """Say whether a database can keep it: no zero, and no half of a letter."""
    return "\0" not in found and not any("\ud800" <= each <= "\udfff" for each in found)


def moment(found: Any, path: str) -> datetime | None:
    """Give a moment; one that tells no zone is local time of the provider."""
    written = text(found, path)
    if not written:
        return None
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise Problem(Code.INVALID, path, f"{path} is no moment") from None
    # At the edges of the calendar there is no day before or after.
    if not _FIRST_YEAR <= read.year <= _LAST_YEAR:
        raise Problem(Code.INVALID, path, f"{path} is too far away")
    return read


def price(found: Any, path: str) -> Decimal | None:
    """Give an amount of money."""
    written = text(found, path)
    if not written:
        return None
    if not _AMOUNT.fullmatch(written):
        raise Problem(Code.INVALID, path, f"{path} is no amount")
    return Decimal(written)
