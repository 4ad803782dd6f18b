"""
What the values of a file may be.

Each kind takes a node and gives the value it stands for.

:raises InputError: if it cannot mean one
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from app.core.errors import InputError
from app.exchange.document import Listing, Node, Scalar, Table

E = TypeVar("E", bound=StrEnum)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YES = {"true", "yes"}
_NO = {"false", "no"}


def text(node: Node) -> str:
    if not isinstance(node, Scalar) or node.text is None:
        raise InputError(reason="type", wanted="text", got=_kind(node))
    if "\0" in node.text:
        raise InputError(reason="control_characters")
    return node.text.strip()


def whole(node: Node) -> int:
    written = text(node)
    if not re.fullmatch(r"-?[0-9]{1,9}", written):
        raise InputError(reason="type", wanted="whole number", got=written)
    return int(written)


def money(node: Node) -> Decimal:
    written = text(node)
    try:
        amount = Decimal(written)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < 10**10 or _places(amount) > 2:
        raise InputError(reason="type", wanted="amount", got=written)
    return amount


def day(node: Node) -> date:
    written = text(node)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        raise InputError(reason="type", wanted="date", got=written)
    try:
        return date.fromisoformat(written)
    except ValueError as exc:
        raise InputError(reason="type", wanted="date", got=written) from exc


def clock(node: Node) -> time:
    written = text(node)
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", written)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise InputError(reason="type", wanted="time", got=written)
    return time(int(found[1]), int(found[2]))


def moment(node: Node) -> datetime:
    """Read a wall-clock time; the facility's zone belongs to it, so none is written."""
    written = text(node)
    found = re.fullmatch(
        r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{1,2}:[0-9]{2})(:00)?(.*)", written
    )
    if found is None:
        raise InputError(reason="type", wanted="date and time", got=written)
    if found[4]:
        raise InputError(reason="local_time", got=written)
    line = node.line
    return datetime.combine(day(Scalar(line, found[1])), clock(Scalar(line, found[2])))


def flag(node: Node) -> bool:
    written = text(node)
    if written.lower() not in _YES | _NO:
        raise InputError(reason="type", wanted="yes or no", got=written)
    return written.lower() in _YES


def one_of(kind: type[E], **also: E) -> Callable[[Node], E]:
    """Make the kind of a choice; `also` are other words for some of it."""

    def chosen(node: Node) -> E:
        written = text(node)
        known = {each.value: each for each in kind} | also
        if written.lower() not in known:
            raise InputError(reason="choice", choices=list(known), got=written)
        return known[written.lower()]

    return chosen


def language(node: Node) -> str:
    written = text(node)
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", written):
        raise InputError(reason="type", wanted="language", got=written)
    return written


def texts(node: Node) -> tuple[str, ...]:
    """Read several words: a list, or one line with commas."""
    if isinstance(node, Listing):
        return tuple(text(each) for each in node.items)
    return tuple(word for each in text(node).split(",") if (word := each.strip()))


def weekdays(node: Node) -> tuple[int, ...]:
    """Read days of the week: Mon, Mon-Fri, [Mon, Wed], daily."""
    found: list[int] = []
    for word in texts(node):
        found.extend(_days(word))
    if not found or len(set(found)) != len(found):
        raise InputError(reason="weekday", got=", ".join(texts(node)))
    return tuple(sorted(found))


def _days(word: str) -> list[int]:
    if word.lower() == "daily":
        return list(range(7))
    first, _, last = word.lower().partition("-")
    try:
        start = DAYS.index(first.strip()[:3])
        end = DAYS.index(last.strip()[:3]) if last else start
    except ValueError as exc:
        raise InputError(reason="weekday", got=word) from exc
    # Sat-Mon goes over the end of the week.
    return [(start + n) % 7 for n in range((end - start) % 7 + 1)]


def _places(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _kind(node: Node) -> str:
    match node:
        case Table():
            return "table"
        case Listing():
            return "list"
        case _:
            return "nothing"
