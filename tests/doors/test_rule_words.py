"""Each refusal names its rule, why, and who may override it."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pytest

from app.booking import rules
from app.booking.rules.case import Judges, refuse
from app.core.errors import InputError, RuleError
from app.doors.rule_words import NAMES
from app.doors.words import say
from tests.doors.callers import caller, problem, timed_body
from tests.doors.world import NOW, build, local
from tests.factories import KOLKATA, span

AT = local(9)

# What each rule gives when it refuses, and what people read then.
REFUSALS = {
    "age_range": ({"age": 9, "least": 18, "most": 99}, "18 to 99 years"),
    "allowed_days": ({"weekdays": (2, 4)}, "only on Wednesdays and Fridays"),
    "cancel_notice": ({"minutes": 120, "closed": AT}, "2 hours before"),
    "daily_limit": (
        {"limit": 20, "per_type": False, "resource": "Dr Rao"},
        "Dr Rao takes 20 bookings a day",
    ),
    "dose_gap": ({"days": 28, "last": AT}, "at least 28 days"),
    "follow_up_window": ({"days": 14, "last": None}, "not seen here before"),
    "horizon": ({"days": 30, "last": date(2026, 4, 1)}, "until 2026-04-01"),
    "lead_time": ({"minutes": 90, "closed": AT}, "90 minutes before"),
    "one_active": ({"references": ["B1", "B2"]}, "B1 and B2"),
    "patient_overlap": ({"references": ["B1"]}, "booked elsewhere then: B1"),
    "quiet_period": ({"minutes": 1, "near": [span(AT, 30)]}, "at least 1 minute"),
    "required_role": ({"roles": ("doctor", "porter")}, "only by: doctor, porter"),
}
# One gives and never takes, one says where to look, one is what slots count by, and
# one is counted at the network's door.
NEVER = {"buyer_quota", "later_days", "overbooking", "walk_in_share"}


@dataclass(frozen=True)
class Fasting:
    """A kind that another package adds."""

    kind: ClassVar[str] = "fasting"
    judges: ClassVar[Judges] = Judges.PLACE

    def check(self, case):
        raise refuse(self, told="Blood is taken before nine, and sober.")


def test_every_kind_has_a_name_and_words():
    assert set(REFUSALS) | NEVER == set(rules.OWN)
    assert set(NAMES) == set(rules.OWN)


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_says_why_which_rule_and_who_may_override(kind):
    params, why = REFUSALS[kind]
    error = RuleError(rule=kind, override="booking:override_rules", **params)

    told = say(error, KOLKATA)

    assert why in told
    assert f"the rule “{NAMES[kind]}”" in told
    assert told.endswith("who may override it: admin.")


def test_another_packages_kind_speaks_for_itself():
    with pytest.raises(RuleError) as refused:
        Fasting().check(None)

    assert say(refused.value) == (
        "Blood is taken before nine, and sober. That is the rule “fasting”;"
        " who may override it: admin."
    )


def test_settings_of_another_kind_are_told():
    with pytest.raises(InputError) as refused:
        rules.build("lead_time", {"hours": 1})

    assert say(refused.value) == "A rule “lead_time” has other settings than these."


@pytest.mark.time_machine(NOW, tick=False)
def test_the_api_names_the_rule_and_the_permission(app, session):
    world = build()
    desk, admin = caller(app, world.meena), caller(app, world.admin)
    rule = {"kind": "lead_time", "settings": {"minutes": 1440}}
    assert admin.post("/api/rules", rule).status_code == 201

    address = f"/api/facilities/{world.kochi.public_id}/appointments"
    told = problem(desk.post(address, timed_body(world, local(16))), 422, "rule")

    assert told["rule"] == "lead_time"
    assert told["override"] == "booking:override_rules"
    assert "1 day before" in told["detail"]
