"""A month counts by runs of slots what a day tells slot by slot: both must agree."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.availability.views import OfferedRun, Origin, Source
from app.booking import queries, service
from app.core.actor import SYSTEM
from app.core.spans import Span
from tests import factories as make
from tests.factories import ALL_WEEK, MONDAY, NOW, local

TUESDAY = date(2026, 3, 3)
START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
minutes = st.integers(-300, 900).map(lambda number: timedelta(minutes=number))


@st.composite
def runs(draw):
    """Draw a run whose last slot may be shorter."""
    length = timedelta(minutes=draw(st.integers(1, 600)))
    step = timedelta(minutes=draw(st.integers(1, 90)))
    source = Source(Origin.AVAILABILITY, 1)
    return OfferedRun(Span(START, START + length), step, 4, frozenset(), source)


class TestRun:
    @given(runs(), minutes, st.integers(1, 600))
    def test_a_span_touches_the_slots_it_overlaps(self, run, after, length):
        span = Span(START + after, START + after + timedelta(minutes=length))

        touched = {n for n in range(run.number) if run.slot(n).span.overlaps(span)}

        assert set(run.touched(span)) == touched

    @given(runs(), minutes)
    def test_slots_have_gone_by_that_have_ended(self, run, after):
        now = START + after

        ended = [n for n in range(run.number) if run.slot(n).span.end <= now]

        assert run.gone(now) == len(ended)

    @given(runs())
    def test_its_slots_follow_one_another_and_lose_no_minute(self, run):
        slots = [run.slot(number).span for number in range(run.number)]

        assert slots[0].start == run.span.start
        assert slots[-1].end == run.span.end
        assert all(a.end == b.start for a, b in pairwise(slots))


def the_days(place, who, now, number):
    """Add up what the days tell of offered slots, one after another."""
    for index in range(number):
        day = MONDAY + timedelta(days=index)
        told = queries.slots(place.public_id, who.public_id, day, by=SYSTEM, now=now)
        ahead = [slot.left for slot in told.slots if slot.span.end > now]
        yield day, sum(slot.tokens for slot in told.slots), sum(ahead)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def nurse(place):
    """Give somebody with hours by day, over midnight, and open time between."""
    who = make.resource(place, token_prefix="A")
    make.hours(
        place,
        who,
        make.opd(time(9), time(12), minutes=30, tokens=3),
        make.open_time(time(13), time(16)),
        make.opd(time(22), time(2), minutes=40, tokens=2),
    )
    return who


def book(place, who, kind, *starts):
    for start in starts:
        order = make.token_order(place, who, kind, make.patient(), start)
        service.book_token(order, by=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    "now", [NOW, local(10), local(23, 10), local(1, day=date(2026, 3, 4))]
)
def test_days_with_tokens_leave_and_times_add_up(place, nurse, now):
    kind = make.kind()
    night = local(23, 20)
    book(place, nurse, kind, local(9), local(9), local(9), local(9, 30), night)
    timed = make.timed_order(place, nurse, kind, make.patient(), local(13))
    service.book_timed(timed, by=SYSTEM, now=NOW)
    make.away(place, nurse, local(10, day=TUESDAY), 45)
    make.away(place, nurse, local(23, day=TUESDAY), 120)

    (month,) = queries.month(place, [nurse], MONDAY, by=SYSTEM, now=now, days=5)

    told = [(each.day, each.tokens, each.tokens_free) for each in month.days]
    assert told == list(the_days(place, nurse, now, 5))
    assert any(free < all_of for _, all_of, free in told)


def test_a_row_of_earlier_hours_blocks_the_slots_it_reaches_into(place, nurse):
    kind = make.kind()
    book(place, nurse, kind, local(9, day=TUESDAY), local(9, 30, day=TUESDAY))
    other = make.opd(time(9), time(12), minutes=20, tokens=5, weekdays=ALL_WEEK)
    make.hours(place, nurse, other, valid_from=TUESDAY)

    (month,) = queries.month(place, [nurse], TUESDAY, by=SYSTEM, now=NOW, days=1)

    # Of nine slots of five, 09:00, 09:20 and 09:40 are reached into; and the night of
    # Monday has three slots of two after midnight.
    assert (month.days[0].tokens, month.days[0].tokens_free) == (45 + 6, 30 + 6)


def test_a_day_whose_hours_are_over_says_so_and_has_no_token_left(place):
    who = make.resource(place)
    make.hours(place, who, make.opd(tokens=2), make.open_time(time(14)))
    late = local(23)

    (month,) = queries.month(place, [who], MONDAY, by=SYSTEM, now=late, days=2)
    (before,) = queries.month(place, [who], MONDAY, by=SYSTEM, now=local(16), days=1)

    day = queries.slots(place.public_id, who.public_id, MONDAY, by=SYSTEM, now=late)
    assert [each.over for each in (*month.days, *before.days)] == [True, False, False]
    assert (day.tokens_left, day.over(late), day.over(local(16))) == (0, True, False)
