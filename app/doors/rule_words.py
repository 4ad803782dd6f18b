"""Words for the rules of booking: which rule refuses, why, and who may override it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.accounts.permissions import ROLES, Role
from app.doors import times

Params = Mapping[str, Any]

_DAYS = (
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
)

# How people call each rule.
NAMES: Mapping[str, str] = {
    "age_range": "ages",
    "allowed_days": "allowed days",
    "buyer_quota": "places for one buyer of the network",
    "cancel_notice": "notice for cancelling",
    "daily_limit": "daily limit",
    "dose_gap": "gap between doses",
    "follow_up_window": "follow-up window",
    "horizon": "how far ahead",
    "later_days": "how much later",
    "lead_time": "minimum notice",
    "one_active": "one booking a day",
    "overbooking": "overbooking",
    "patient_overlap": "one place at a time",
    "quiet_period": "quiet period",
    "required_role": "required role",
    "walk_in_share": "places for who walks in",
}
# What a rule means for a whole day that it keeps from being booked.
OF_A_DAY: Mapping[str, str] = {
    "allowed_days": "not on this weekday",
    "daily_limit": "no more that day",
    "horizon": "too early to book",
    "lead_time": "too late to book",
    "required_role": "not for you to book",
}
ROLE_NAMES: Mapping[str, str] = {
    Role.ADMIN: "admin",
    Role.DOCTOR: "doctor",
    Role.RECEPTION: "reception",
    Role.NURSE: "nurse",
    Role.LOCATION_MANAGER: "location manager",
    Role.ANALYST: "analyst",
    Role.LOCATION_OWNER: "location owner",
    Role.LOCATION_USER: "people authorised for a place",
}


def tell(params: Params, zone: ZoneInfo) -> str:
    """
    Say why a rule refuses, which one it is, and who may override it.

    A kind that another package adds says why itself, as `told`.
    """
    kind = str(params.get("rule", ""))
    why = params.get("told") or _why(kind, params, zone)
    named = NAMES.get(kind, kind.replace("_", " "))
    rule = f"That is the rule “{named}”" if named else "That is a rule of the facility"
    return f"{why} {rule}; {_who(str(params.get('override', '')))}."


def _why(kind: str, params: Params, zone: ZoneInfo) -> str:
    teller = _TELLERS.get(kind)
    return teller(params, zone) if teller else "A rule of the facility forbids that."


def _who(permission: str) -> str:
    able = [
        ROLE_NAMES[role]
        for role, brings in ROLES.items()
        if permission in {each.value for each in brings}
    ]
    if not able:
        return "nobody may override it"
    return f"who may override it: {', '.join(able)}"


def _age(params: Params, zone: ZoneInfo) -> str:
    del zone
    if params.get("reason") == "age_unknown":
        return "The patient's age is not known: enter the date or year of birth."
    least, most, age = params["least"], params["most"], params["age"]
    return f"It is for people of {least} to {most} years, and the patient is {age}."


def _days(params: Params, zone: ZoneInfo) -> str:
    del zone
    named = [_DAYS[day] for day in sorted(params["weekdays"])]
    return f"It is booked only on {_list(named)}."


def _cancelling(params: Params, zone: ZoneInfo) -> str:
    closed = times.moment(params["closed"], zone)
    return f"It could be cancelled until {closed}: {_length(params['minutes'])} before."


def _limit(params: Params, zone: ZoneInfo) -> str:
    del zone
    what = " of this type" if params.get("per_type") else ""
    limit, resource = params["limit"], params["resource"]
    return f"{resource} takes {_count(limit, 'booking')}{what} a day, and has them."


def _doses(params: Params, zone: ZoneInfo) -> str:
    other = times.moment(params["last"], zone)
    return (
        f"Between two doses lie at least {_count(params['days'], 'day')},"
        f" and another one is on {other}."
    )


def _follow_up(params: Params, zone: ZoneInfo) -> str:
    window = f"A follow-up is within {_count(params['days'], 'day')} of a visit"
    last = params.get("last")
    if not isinstance(last, datetime):
        return f"{window}, and the patient was not seen here before."
    return f"{window}; the last one was on {times.moment(last, zone)}."


def _horizon(params: Params, zone: ZoneInfo) -> str:
    del zone
    if params.get("dates"):
        return f"It can be booked only for {_list(sorted(params['dates']))}."
    days = _count(params["days"], "day")
    return f"Booking opens {days} ahead: until {params['last'].isoformat()} for now."


def _lead(params: Params, zone: ZoneInfo) -> str:
    closed = times.moment(params["closed"], zone)
    return f"It could be booked until {closed}: {_length(params['minutes'])} before."


def _one(params: Params, zone: ZoneInfo) -> str:
    del zone
    has = _list(params["references"])
    return f"The patient has a booking there on that day already: {has}."


def _overlap(params: Params, zone: ZoneInfo) -> str:
    del zone
    return f"The patient is booked elsewhere then: {_list(params['references'])}."


def _quiet(params: Params, zone: ZoneInfo) -> str:
    near = _list([times.between(each, zone) for each in params["near"]])
    length = _length(params["minutes"])
    return f"Between two cases lie at least {length}, and there is one {near}."


def _role(params: Params, zone: ZoneInfo) -> str:
    del zone
    named = [ROLE_NAMES.get(each, each) for each in params["roles"]]
    return f"It is booked only by: {', '.join(named)}."


_TELLERS: Mapping[str, Callable[[Params, ZoneInfo], str]] = {
    "age_range": _age,
    "allowed_days": _days,
    "cancel_notice": _cancelling,
    "daily_limit": _limit,
    "dose_gap": _doses,
    "follow_up_window": _follow_up,
    "horizon": _horizon,
    "lead_time": _lead,
    "one_active": _one,
    "patient_overlap": _overlap,
    "quiet_period": _quiet,
    "required_role": _role,
}


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _length(minutes: int) -> str:
    """Say minutes as people do: 90 minutes, 2 hours, 3 days."""
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= size and minutes % size == 0:
            return _count(minutes // size, unit)
    return _count(minutes, "minute")


def _list(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
