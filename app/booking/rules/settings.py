"""What a rule's settings may be; a bad one is refused when it is saved."""

import re
from collections.abc import Sequence
from datetime import date

from app.core.errors import InputError


def at_least(floor: int, /, **numbers: int) -> None:
    """
    Refuse what is not a whole number from `floor` on.

    :raises InputError: naming the setting
    """
    for name, number in numbers.items():
        # True is an int to Python, and not to anybody who sets a rule.
        if not isinstance(number, int) or isinstance(number, bool) or number < floor:
            raise InputError(field=name, reason="least", least=floor)


def weekdays(days: Sequence[int], *, field: str) -> None:
    """
    Refuse an empty list, and what is not 0 (Monday) to 6.

    :raises InputError: naming the setting
    """
    if not days or not all(day in range(7) for day in days):
        raise InputError(field=field, reason="weekday")


def dates(days: Sequence[str], *, field: str) -> None:
    """
    Refuse what is not an ISO date.

    :raises InputError: naming the setting
    """
    for day in days:
        try:
            date.fromisoformat(day)
        except (TypeError, ValueError) as exc:
            raise InputError(field=field, reason="date", value=day) from exc


def codes(given: Sequence[str], *, field: str) -> None:
    """
    Refuse an empty list, and what is no short name.

    :raises InputError: naming the setting
    """
    if not given or not all(
        isinstance(each, str) and re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", each)
        for each in given
    ):
        raise InputError(field=field, reason="code")
