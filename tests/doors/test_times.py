"""Times in words: what the clocks show once, and what they show twice."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.core.spans import Span
from app.doors import times

LONDON = ZoneInfo("Europe/London")
KATHMANDU = ZoneInfo("Asia/Kathmandu")


@pytest.mark.parametrize(
    ("utc_hour", "told"), [(0, "01:30 BST"), (1, "01:30 GMT"), (2, "02:30")]
)
def test_the_hour_that_clocks_show_twice_says_which_it_is(utc_hour, told):
    moment = datetime(2026, 10, 25, utc_hour, 30, tzinfo=UTC)

    assert times.told(moment, LONDON) == told


def test_a_span_over_the_change_does_not_seem_to_end_before_it_starts():
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    told = times.between(Span(start, start.replace(hour=1, minute=0)), LONDON)

    assert told.split("–") == ["01:30 BST", "01:00 GMT"]  # noqa: RUF001 - an en dash


def test_a_zone_of_odd_quarters_is_told_as_its_clocks_show_it():
    moment = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)

    assert times.told(moment, KATHMANDU) == "09:15"
