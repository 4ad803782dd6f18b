"""ISO 8601 durations, as far as they have a length."""

import re
from datetime import timedelta

_FORM = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W|"
    r"(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?"
    r"(?:(?P<seconds>\d{1,8}(?:\.\d{1,6})?)S)?)?)",
    re.ASCII,
)


def read(written: str) -> timedelta:
    """
    Read a duration, as in "PT30S".

    Years and months have no length of their own; they are taken as 365 and 30 days.

    :raises ValueError: if it is no such duration, or says nothing, as "PT" does
    """
    found = _FORM.fullmatch(written)
    parts = {} if found is None else {k: v for k, v in found.groupdict().items() if v}
    if not parts or written.endswith("T"):
        raise ValueError(f"not a duration: {written}")
    numbers = {name: float(value) for name, value in parts.items()}
    days = 365 * numbers.pop("years", 0) + 30 * numbers.pop("months", 0)
    return timedelta(days=days) + timedelta(**numbers)


def write(length: timedelta) -> str:
    """Write a duration in whole seconds, as in "PT300S"."""
    return f"PT{int(length.total_seconds())}S"
