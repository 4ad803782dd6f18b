"""Settings of rules: what is saved works in every listing and at every booking."""

import pytest

from app.booking import queries, rules, service
from app.booking.rules.case import Judges
from app.booking.rules.settings import MOST_DAYS, MOST_MINUTES, MOST_OF_ANYTHING
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from app.core.errors import InputError, RuleError
from tests import factories as make
from tests.factories import MONDAY, NOW, local

# The farthest that may be set, of every kind that has such an end.
FARTHEST = [
    ("lead_time", {"minutes": MOST_MINUTES}),
    ("horizon", {"days": MOST_DAYS}),
    ("horizon", {"dates": ["9999-12-31"]}),
    ("daily_limit", {"limit": MOST_OF_ANYTHING, "per_type": True}),
    ("dose_gap", {"days": MOST_DAYS}),
    ("follow_up_window", {"days": MOST_DAYS, "same_resource": False}),
    ("later_days", {"days": 366}),
    ("quiet_period", {"minutes": 24 * 60}),
    ("overbooking", {"extra": MOST_OF_ANYTHING, "percent": MOST_OF_ANYTHING}),
    ("age_range", {"least": 0, "most": 150}),
    ("cancel_notice", {"minutes": MOST_MINUTES}),
]


@pytest.mark.parametrize(("kind", "settings"), FARTHEST)
def test_the_farthest_is_shown_and_booked_or_refused_in_words(session, kind, settings):
    place = make.facility()
    rao, visit, asha = make.resource(place), make.kind(), make.patient()
    make.hours(place, rao, make.opd())
    service.add_rule(NewRule(kind, settings), by=SYSTEM, now=NOW)

    seen = queries.slots(place.public_id, rao.public_id, MONDAY, by=SYSTEM, now=NOW)
    queries.openings(place, rao, visit.public_id, NOW, by=SYSTEM, now=NOW)

    order = make.token_order(place, rao, visit, asha, local(10))
    refused = refusing(order)

    shown = {slot.refused.params["rule"] for slot in seen.slots if slot.refused}
    assert len(seen.slots) == 4
    assert refused in {None, kind}
    # Only what judges the place can be shown to everybody.
    of_place = rules.kinds()[kind].judges is Judges.PLACE
    assert shown == ({refused} - {None} if of_place else set())


def refusing(order):
    """Book and cancel; give the rule that refused it, if one did."""
    try:
        booked = service.book_token(order, by=SYSTEM, now=NOW)
        service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)
    except RuleError as refused:
        return refused.params["rule"]
    return None


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("lead_time", {"minutes": MOST_MINUTES + 1}, "minutes"),
        ("cancel_notice", {"minutes": 10**12}, "minutes"),
        ("horizon", {"days": 10**9}, "days"),
        ("horizon", {"days": False}, "days"),
        ("horizon", {}, "days"),
        # Days that are written in another way would never come.
        ("horizon", {"dates": ["2026-W10-1"]}, "dates"),
        ("horizon", {"dates": ["20260302"]}, "dates"),
        ("horizon", {"dates": [5]}, "dates"),
        ("daily_limit", {"limit": -1}, "limit"),
        ("daily_limit", {"limit": "3"}, "limit"),
        ("daily_limit", {"limit": 3, "per_type": "no"}, "per_type"),
        ("dose_gap", {"days": 10**9}, "days"),
        ("follow_up_window", {"days": 10**9}, "days"),
        ("follow_up_window", {"days": 9, "same_resource": 1}, "same_resource"),
        ("later_days", {"days": 367}, "days"),
        ("quiet_period", {"minutes": 24 * 60 + 1}, "minutes"),
        ("quiet_period", {"minutes": 0}, "minutes"),
        ("overbooking", {"percent": 10**9}, "percent"),
        ("age_range", {"most": 151}, "most"),
        ("allowed_days", {"weekdays": [True]}, "weekdays"),
        ("allowed_days", {"weekdays": ["0"]}, "weekdays"),
    ],
)
def test_what_could_never_work_is_refused_by_its_name(kind, settings, field):
    with pytest.raises(InputError) as told:
        rules.build(kind, settings)

    assert told.value.field == field
