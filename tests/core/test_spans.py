from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.spans import Span, at, day_span, subtract, union

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def spans(draw):
    start = draw(st.integers(0, 500))
    length = draw(st.integers(1, 100))
    return Span(
        EPOCH + timedelta(minutes=start), EPOCH + timedelta(minutes=start + length)
    )


def minutes(found):
    return {
        span.start + timedelta(minutes=n) for span in found for n in range(span.minutes)
    }


def test_refuses_what_has_no_length():
    with pytest.raises(ValueError, match="end after"):
        Span(EPOCH, EPOCH)


def test_refuses_a_naive_time():
    with pytest.raises(ValueError, match="aware"):
        Span(EPOCH.replace(tzinfo=None), EPOCH)


def test_spans_that_touch_do_not_overlap():
    first = Span(EPOCH, EPOCH + timedelta(minutes=5))
    second = Span(first.end, first.end + timedelta(minutes=5))

    assert not first.overlaps(second)


@given(st.lists(spans()), st.lists(spans()))
def test_subtracting_leaves_exactly_the_minutes_outside(some, holes):
    left = subtract(union(some), holes)

    assert minutes(left) == minutes(some) - minutes(holes)


@given(st.lists(spans()))
def test_a_union_keeps_every_minute_and_has_no_two_that_touch(some):
    merged = union(some)

    assert minutes(merged) == minutes(some)
    assert all(a.end < b.start for a, b in pairwise(merged))


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)],
)
def test_a_day_is_as_long_as_its_clocks_say(day, hours):
    assert day_span(day, ZoneInfo("America/New_York")).minutes == hours * 60


def test_a_time_the_clocks_jump_over_is_the_moment_after():
    new_york = ZoneInfo("America/New_York")

    jumped = at(date(2026, 3, 8), time(2, 30), new_york)

    assert jumped.astimezone(new_york).time() == time(3)
