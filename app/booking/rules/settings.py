"""What a rule's settings may be; a bad one is refused when it is saved."""

import re
from collections.abc import Sequence
from datetime import date

from app.core.errors import InputError

# Nobody means more, and a date so far off still is one.
MOST_DAYS = 3660
MOST_MINUTES = 366 * 24 * 60
MOST_OF_ANYTHING = 10_000


def between(least: int, most: int, /, **numbers: int) -> None:
    """
    Refuse what is not a whole number from `least` to `most`, both included.

    :raises InputError: naming the setting
    """
    for name, number in numbers.items():
        if not _whole(number) or not least <= number <= most:
            raise InputError(field=name, reason="between", least=least, most=most)


def flag(**values: bool) -> None:
    """
    Refuse what is not plainly yes or no.

    :raises InputError: naming the setting
    """
    for name, value in values.items():
        if not isinstance(value, bool):
            raise InputError(field=name, reason="yes_no")


def weekdays(days: Sequence[int], *, field: str) -> None:
    """
    Refuse an empty list, and what is not 0 (Monday) to 6.

    :raises InputError: naming the setting
    """
    if not days or not all(_whole(day) and day in range(7) for day in days):
        raise InputError(field=field, reason="weekday")


def dates(days: Sequence[str], *, field: str) -> None:
    """
    Refuse what is not a date as it is written everywhere here: 2026-11-24.

    :raises InputError: naming the setting
    """
    for day in days:
        try:
            # Other ways to write a day would never be equal to one.
            known = date.fromisoformat(day).isoformat() == day
        except (TypeError, ValueError) as exc:
            raise InputError(field=field, reason="date", value=day) from exc
        if not known:
            raise InputError(field=field, reason="date", value=day)


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


def _whole(number: object) -> bool:
    # True is an int to Python, and not to anybody who sets a rule.
    return isinstance(number, int) and not isinstance(number, bool)
