"""
Rules of booking: one small file and one line here each.

Other packages may add kinds by the entry point group `baari.rules`.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from app.booking.rules.age_range import AgeRange
from app.booking.rules.allowed_days import AllowedDays
from app.booking.rules.buyer_quota import BuyerQuota
from app.booking.rules.cancel_notice import CancelNotice
from app.booking.rules.case import Case, Judges, Rule
from app.booking.rules.daily_limit import DailyLimit
from app.booking.rules.dose_gap import DoseGap
from app.booking.rules.follow_up_window import FollowUpWindow
from app.booking.rules.horizon import Horizon
from app.booking.rules.later_days import LaterDays
from app.booking.rules.lead_time import LeadTime
from app.booking.rules.one_active import OneActive
from app.booking.rules.overbooking import Overbooking
from app.booking.rules.patient_overlap import PatientOverlap
from app.booking.rules.quiet_period import QuietPeriod
from app.booking.rules.required_role import RequiredRole
from app.booking.rules.walk_in_share import WalkInShare
from app.core.errors import InputError, RuleError

OWN: Mapping[str, Callable[..., Rule]] = {
    "age_range": AgeRange,
    "allowed_days": AllowedDays,
    "buyer_quota": BuyerQuota,
    "cancel_notice": CancelNotice,
    "daily_limit": DailyLimit,
    "dose_gap": DoseGap,
    "follow_up_window": FollowUpWindow,
    "horizon": Horizon,
    "later_days": LaterDays,
    "lead_time": LeadTime,
    "one_active": OneActive,
    "overbooking": Overbooking,
    "patient_overlap": PatientOverlap,
    "quiet_period": QuietPeriod,
    "required_role": RequiredRole,
    "walk_in_share": WalkInShare,
}

# What refuses a whole day if it refuses the last place of it.
OF_DAY = frozenset(
    {"allowed_days", "daily_limit", "horizon", "lead_time", "required_role"}
)
# What is asked of each who comes, not of the patients of a visit alone.
OF_ALL_WHO_COME = frozenset({PatientOverlap.kind})
# What belongs to somebody's hours: who keeps these may set it for them.
OF_HOURS = frozenset({"daily_limit", "horizon", "later_days", "lead_time"})


@cache
def kinds() -> Mapping[str, Callable[..., Rule]]:
    """Give all kinds by name; an entry point may add one, never replace ours."""
    added = {point.name: point.load() for point in entry_points(group="baari.rules")}
    return {**added, **OWN}


def build(kind: str, values: Mapping[str, Any]) -> Rule:
    """
    Make a rule of a kind with its settings.

    :raises InputError: if there is no such kind, or a setting cannot be right
    """
    if kind not in kinds():
        raise InputError(field="kind", reason="choice", choices=sorted(kinds()))
    try:
        return kinds()[kind](**values)
    except TypeError as exc:
        raise InputError(field="settings", reason="settings", kind=kind) from exc


def check(rules: Iterable[Rule], case: Case, judges: Judges) -> None:
    """
    Put a case before every rule that judges that side of it, in order.

    Who only comes along is asked what all are asked: the visit is not theirs.

    :raises RuleError: by the first that refuses
    """
    along = judges is Judges.PATIENT and not case.role.treated
    for rule in rules:
        if rule.judges is judges and (not along or rule.kind in OF_ALL_WHO_COME):
            rule.check(case)


def refusal(rules: Iterable[Rule], case: Case, judges: Judges) -> RuleError | None:
    """Give the refusal a listing shows, if a rule refuses the place."""
    try:
        check(rules, case, judges)
    except RuleError as refused:
        return refused
    return None
