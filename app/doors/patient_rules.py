"""Which rule refuses a patient, and what to do instead, in their language."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from app.core.errors import DomainError
from app.doors.languages import Language

# The number in a sentence that its words agree with; none has two of these.
_COUNTED = ("days", "limit", "minutes")


def tell(error: DomainError, language: Language, zone: tzinfo | None) -> str | None:
    """Say why a rule refuses; None if it is no rule, or one that has no words here."""
    if error.code != "rule":
        return None
    name = f"rule_{error.params.get('rule', '')}{_case(error.params)}"
    if name not in language.words:
        return None
    told = _told(error.params, language, zone or UTC)
    params = error.params
    counted = next((params[each] for each in _COUNTED if each in params), None)
    return language.say(name, count=counted, **told)


def _case(params: Mapping[str, Any]) -> str:
    """Tell apart the cases of one rule that are different sentences."""
    if params.get("reason") == "age_unknown":
        return "_unknown"
    if params.get("rule") == "horizon" and params.get("dates"):
        return "_dates"
    never = params.get("rule") == "follow_up_window" and params.get("last") is None
    return "_never" if never else ""


def _told(
    params: Mapping[str, Any], language: Language, zone: tzinfo
) -> dict[str, object]:
    """Write what a sentence needs as patients read it."""
    return {name: _written(value, language, zone) for name, value in params.items()} | {
        "days_of_week": ", ".join(
            language.weekday(each) for each in sorted(params.get("weekdays", ()))
        )
    }


def _written(value: object, language: Language, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{language.short_day(local.date())}, {local:%H:%M}"
    if isinstance(value, date):
        return language.short_day(value)
    if isinstance(value, list | tuple | frozenset):
        found = (_written(each, language, zone) for each in value)
        return ", ".join(map(str, found))
    return value
