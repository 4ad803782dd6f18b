"""Rules of one resource's hours in words: its window for booking and its limits."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from app.booking.setting import RuleView
from app.core.errors import InputError
from app.doors import times
from app.web.reading import number_of

Values = Mapping[str, str]


class Told(Struct, frozen=True):
    """A rule as its list shows it; `own` when it is of this resource alone."""

    rule: RuleView
    name: str
    words: str
    own: bool


class Kind(Struct, frozen=True):
    """A kind of rule that belongs to hours: its name, its words, how a form says it."""

    name: str
    words: Callable[[Mapping[str, Any]], str]
    settings: Callable[[Values], dict[str, Any]]


def told_for(rules: list[RuleView]) -> list[Told]:
    """Put the rules of somebody's hours into words."""
    return [
        Told(rule, kind.name, kind.words(rule.settings), rule.resource_id is not None)
        for rule in rules
        if (kind := KINDS.get(rule.kind)) is not None
    ]


def settings_of(kind: str, values: Values) -> dict[str, Any]:
    """
    Read the settings of a rule as typed.

    :raises InputError: naming the field that cannot be right
    """
    if kind not in KINDS:
        raise InputError(field="kind", reason="choice")
    return KINDS[kind].settings(values)


def _number(values: Values) -> int:
    found = number_of(values, "number")
    if found is None:
        raise InputError(field="number", reason="required")
    return found


def _minutes(values: Values) -> dict[str, Any]:
    scale = {"minutes": 1, "hours": 60, "days": 24 * 60}.get(values.get("unit", ""), 1)
    return {"minutes": _number(values) * scale}


def _lead(settings: Mapping[str, Any]) -> str:
    minutes = settings["minutes"]
    for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0 and (minutes or size == 1):
            return f"Booking closes {_count(minutes // size, unit)} before the start."
    raise AssertionError(minutes)


def _horizon(settings: Mapping[str, Any]) -> str:
    days = settings.get("days")
    named = [times.short_day(date.fromisoformat(d)) for d in settings.get("dates", ())]
    told = [f"Booked up to {_count(days, 'day')} ahead."] if days is not None else []
    told += [f"Booked only for {', '.join(named)}."] if named else []
    return " ".join(told) or "Booked as far ahead as there are hours."


def _later(settings: Mapping[str, Any]) -> str:
    days = settings.get("days", 7)
    if not days:
        return "Tokens of a slot that closes go to later slots of the same day."
    later = _count(days, "day")
    return f"Tokens of a slot that closes go to slots of up to {later} later."


def _limit(settings: Mapping[str, Any]) -> str:
    each = " of each type" if settings.get("per_type") else ""
    return f"At most {_count(settings['limit'], 'patient')}{each} a day."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


KINDS: Mapping[str, Kind] = {
    "horizon": Kind("Booked until", _horizon, lambda values: {"days": _number(values)}),
    "lead_time": Kind("Closes before", _lead, _minutes),
    "daily_limit": Kind(
        "Daily limit",
        _limit,
        lambda values: {
            "limit": _number(values),
            "per_type": values.get("per_type") == "1",
        },
    ),
    "later_days": Kind(
        "Closed slots go on", _later, lambda values: {"days": _number(values)}
    ),
}
