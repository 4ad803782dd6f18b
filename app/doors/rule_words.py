"""What a rule of booking says when it refuses: one sentence for each kind."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.doors import times

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SENTENCES: Mapping[str, str] = {
    "allowed_days": "That can be booked on {weekdays} only.",
    "cancel_notice": "Cancelling takes {minutes} minutes' notice.",
    "daily_limit": "The daily limit of {limit} is reached.",
    "dose_gap": "Between two doses there must be {days} days; the last was on {last}.",
    "follow_up_window": "A follow-up must come within {days} days of the last visit.",
    "lead_time": "Booking closes {minutes} minutes before the start.",
    "one_active": "The patient has a booking there that day: {references}.",
    "patient_overlap": "The patient is booked elsewhere then: {references}.",
    "quiet_period": "There must be {minutes} quiet minutes between two bookings.",
    "required_role": "Only these roles may book that: {roles}.",
}


def sentence(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Say which rule refuses, and why."""
    kind = str(params.get("rule", ""))
    known = {name: _told(name, value, zone) for name, value in params.items()}
    told = _several(kind, params) or _SENTENCES.get(kind)
    if told is None:
        # A rule of another package, which brings no words of its own.
        named = kind.replace("_", " ")
        return f"The rule “{named}” forbids that." if named else _UNNAMED
    return told.format_map(_Known(known))


_UNNAMED = "A rule of the facility forbids that."


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _several(kind: str, params: Mapping[str, Any]) -> str | None:
    """Give the sentence of a rule that refuses for more than one reason."""
    if kind == "horizon":
        if params.get("dates"):
            return "Only these days can be booked: {dates}."
        return "Booking opens {days} days ahead: {last} is the last day."
    if kind == "age_range":
        if params.get("reason") == "age_unknown":
            return "The patient's age must be known for that."
        return "That is for ages from {least} to {most}."
    return None


def _told(name: str, value: object, zone: ZoneInfo) -> str:
    if name == "weekdays" and isinstance(value, list | tuple):
        return ", ".join(_DAYS[int(each)] for each in value)
    if isinstance(value, datetime):
        return times.moment(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(each).replace("_", " ") for each in value)
    return str(value)
