"""What each rule of booking says as it is set, and what its settings are called."""

from collections.abc import Callable, Mapping
from typing import Any

from app.doors.rule_words import NAMES, ROLE_NAMES
from app.web.window_words import KINDS as OF_HOURS

Set = Mapping[str, Any]

DAYS = (
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
)
# What a form calls a setting; what is not here is called as the rule calls it.
LABELS: Mapping[tuple[str, str], str] = {
    ("age_range", "least"): "From this age, in years",
    ("age_range", "most"): "To this age, in years",
    ("allowed_days", "weekdays"): "Booked only on",
    ("buyer_quota", "places"): "Places of a session",
    ("cancel_notice", "minutes"): "Minutes before the start",
    ("daily_limit", "limit"): "Patients a day",
    ("daily_limit", "per_type"): "So many of each type",
    ("dose_gap", "days"): "Days between two doses",
    ("follow_up_window", "days"): "Days after a visit",
    ("follow_up_window", "same_resource"): "With the same doctor",
    ("horizon", "days"): "Days ahead",
    ("horizon", "dates"): "Only on these dates",
    ("later_days", "days"): "Days later",
    ("lead_time", "minutes"): "Minutes before the start",
    ("overbooking", "extra"): "More than the tokens of a slot",
    ("overbooking", "percent"): "Or so many percent more",
    ("quiet_period", "minutes"): "Minutes between two cases",
    ("required_role", "roles"): "Booked only by",
    ("walk_in_share", "percent"): "Percent of a slot's tokens",
}


def name_of(kind: str) -> str:
    return NAMES.get(kind, kind.replace("_", " ")).capitalize()


def sentence(kind: str, values: Set) -> str:
    """Say what a rule says; one of another package is told by its settings."""
    if kind in OF_HOURS:
        return OF_HOURS[kind].words(values)
    teller = _SAYS.get(kind)
    if teller is not None:
        return teller(values)
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    return f"{name_of(kind)}: {told}." if told else f"{name_of(kind)}."


def _ages(values: Set) -> str:
    return f"For people of {values.get('least', 0)} to {values.get('most', 150)} years."


def _follow_up(values: Set) -> str:
    whom = "the same doctor" if values.get("same_resource", True) else "any doctor"
    return f"A follow-up is within {values['days']} days of a visit to {whom}."


def _overbooking(values: Set) -> str:
    extra, percent = values.get("extra", 0), values.get("percent", 0)
    return f"A slot may hold {extra} or {percent} % more than its tokens."


def _roles(values: Set) -> str:
    named = [ROLE_NAMES.get(each, each) for each in values["roles"]]
    return f"Booked only by: {', '.join(named)}."


_SAYS: Mapping[str, Callable[[Set], str]] = {
    "age_range": _ages,
    "allowed_days": lambda v: (
        f"Booked only on {', '.join(DAYS[day] for day in sorted(v['weekdays']))}."
    ),
    "buyer_quota": lambda v: (
        f"One buyer's app of the network has at most {v['places']} places of a session."
    ),
    "cancel_notice": lambda v: (
        f"Cancelled at the latest {v['minutes']} minutes before the start."
    ),
    "dose_gap": lambda v: f"Between two doses lie at least {v['days']} days.",
    "follow_up_window": _follow_up,
    "one_active": lambda _: "One booking a day and patient.",
    "overbooking": _overbooking,
    "patient_overlap": lambda _: "A patient is in one place at a time.",
    "quiet_period": lambda v: f"Between two cases lie at least {v['minutes']} minutes.",
    "required_role": _roles,
    "walk_in_share": lambda v: (
        f"{v['percent']} % of each slot's tokens are kept for who walks in."
    ),
}
