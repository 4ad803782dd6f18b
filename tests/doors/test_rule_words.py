"""What people read when a rule refuses: why, and whom to ask."""

from datetime import UTC, date, datetime

import pytest

from app.booking.rules import OWN
from app.booking.rules.case import refuse
from app.doors import words


class Named:
    def __init__(self, kind):
        self.kind = kind


WHY = {
    "age_range": ({"age": 9, "least": 18, "most": 60}, "for ages from 18 to 60"),
    "allowed_days": ({"weekdays": (2,)}, "on Wednesday only"),
    "cancel_notice": ({"minutes": 30}, "30 minutes' notice"),
    "daily_limit": ({"limit": 8}, "limit of 8"),
    "dose_gap": ({"days": 28, "last": datetime(2026, 3, 2, 4, tzinfo=UTC)}, "28 days"),
    "follow_up_window": ({"days": 14}, "within 14 days"),
    "horizon": ({"days": 3, "last": date(2026, 3, 5)}, "2026-03-05 is the last day"),
    "lead_time": ({"minutes": 120}, "closes 120 minutes before"),
    "one_active": ({"references": ["AB12"]}, "AB12"),
    "patient_overlap": ({"references": ["AB12"]}, "booked elsewhere then: AB12"),
    "quiet_period": ({"minutes": 10}, "10 quiet minutes"),
    "required_role": ({"roles": ("location_manager",)}, "location manager"),
}
# These allow something or say how far to look; they refuse nobody.
SILENT = {"overbooking", "later_days"}


@pytest.mark.parametrize("kind", sorted(OWN.keys() - SILENT))
def test_each_rule_says_why_and_who_may_override(kind):
    why, part = WHY[kind]

    told = words.say(refuse(Named(kind), **why), None)

    assert part in told
    assert "\u2026" not in told
    assert "Who may: admin" in told


def test_a_rule_of_another_package_is_named():
    told = words.say(refuse(Named("even_hours")), None)

    assert told.startswith(
        "The rule \u201ceven hours\u201d forbids that. Who may: admin"
    )
