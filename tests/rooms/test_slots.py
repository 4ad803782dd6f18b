"""Slot arithmetic by its properties, in zones whose clocks misbehave."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.availability import slots
from app.availability.kinds import Closed, Offered
from app.availability.views import ClosedSpan, Origin, Source
from app.core.spans import Span, day_span, subtract, union

ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
    )
]
SOURCE = Source(Origin.AVAILABILITY, 1)
# The days on which clocks change in London and New York, and days beside them.
DAYS = [
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 3, 2),
    date(2026, 6, 15),
]


def session(start, end, *, kind=Offered.TOKENS, minutes=30, tokens=10, weekday=0):
    step, number = (minutes, tokens) if kind is Offered.TOKENS else (0, 0)
    return slots.Session(
        kind, weekday, start, end, step, number, frozenset(), "", SOURCE
    )


def every_day(*clocks, zone, minutes=30):
    return slots.Pattern(
        zone,
        date(2026, 1, 1),
        None,
        tuple(
            session(start, end, minutes=minutes, weekday=weekday)
            for start, end in clocks
            for weekday in range(7)
        ),
    )


def offered(pattern, window, extras=(), closures=()):
    pieces = slots.dated(pattern, window.widen(timedelta(days=1), timedelta(days=1)))
    return slots.offer(pieces, extras, closures, window).cut()


zones = st.sampled_from(ZONES)
some_days = st.sampled_from(DAYS)
steps = st.sampled_from([5, 7, 10, 15, 20, 30, 45, 60, 90])
clocks = st.times(min_value=time(0), max_value=time(23, 59)).map(
    lambda clock: clock.replace(second=0, microsecond=0)
)


@given(zone=zones, day=some_days, minutes=steps, start=clocks, end=clocks)
def test_slots_never_overlap_and_lose_no_offered_minute(zone, day, minutes, start, end):
    pattern = every_day((start, end), zone=zone, minutes=minutes)
    window = day_span(day, zone)

    found = [slot.span for slot in offered(pattern, window).slots]

    whole = [
        piece.span
        for piece in slots.dated(pattern, window)
        if window.holds(piece.span.start)
    ]
    assert all(one.end <= two.start for one, two in pairwise(found))
    for piece in whole:
        inside = [s for s in found if s.overlaps(piece)]
        missing = subtract([piece], union(inside))
        # What is missing starts on a later day, whose own list has it.
        assert all(gap.start >= window.end for gap in missing)


def test_sessions_around_a_jump_of_the_clocks_do_not_overlap():
    new_york, jump = ZoneInfo("America/New_York"), date(2026, 3, 8)
    clocks = (time(1), time(2, 30)), (time(3), time(4))

    found = offered(every_day(*clocks, zone=new_york), day_span(jump, new_york)).slots

    assert [slot.span.start.astimezone(new_york).time() for slot in found] == [
        time(1),
        time(1, 30),
        time(3),
        time(3, 30),
    ]


@given(zone=zones, day=some_days)
def test_every_slot_of_a_week_stands_in_exactly_one_of_its_days(zone, day):
    pattern = every_day((time(22), time(2)), (time(9), time(13)), zone=zone)
    week = Span(day_span(day, zone).start, day_span(day + timedelta(days=6), zone).end)

    by_day = [
        slot.span
        for n in range(7)
        for slot in offered(pattern, day_span(day + timedelta(days=n), zone)).slots
    ]

    assert by_day == [slot.span for slot in offered(pattern, week).slots]


@given(
    zone=zones,
    day=some_days,
    away=st.tuples(st.integers(-120, 1560), st.integers(1, 600)),
)
def test_a_slot_that_leave_touches_is_closed_whole(zone, day, away):
    pattern = every_day((time(9), time(13)), zone=zone)
    window = day_span(day, zone)
    start = window.start + timedelta(minutes=away[0])
    leave = Span(start, start + timedelta(minutes=away[1]))

    found = offered(pattern, window, closures=[ClosedSpan(leave, Closed.AWAY, "")])

    before = {slot.span for slot in offered(pattern, window).slots}
    assert {s.span for s in found.slots} == {
        span for span in before if not span.overlaps(leave)
    }


@given(zone=zones, day=some_days, at=st.integers(0, 1380), length=st.integers(30, 600))
def test_time_added_never_doubles_what_is_offered(zone, day, at, length):
    pattern = every_day((time(9), time(13)), zone=zone)
    window = day_span(day, zone)
    start = window.start + timedelta(minutes=at)
    extra = slots.Piece(
        Offered.TOKENS,
        Span(start, start + timedelta(minutes=length)),
        30,
        5,
        frozenset(),
        "",
        SOURCE,
    )

    found = [slot.span for slot in offered(pattern, window, extras=[extra]).slots]

    assert all(one.end <= two.start for one, two in pairwise(found))
    usual = {slot.span for slot in offered(pattern, window).slots}
    assert usual <= set(found)


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2026, 3, 28), 8), (date(2026, 3, 29), 6), (date(2026, 10, 25), 10)],
)
def test_a_night_session_is_as_long_as_the_night_in_london(day, number):
    london = ZoneInfo("Europe/London")
    pattern = every_day((time(0), time(4)), zone=london)

    found = offered(pattern, day_span(day, london)).slots

    assert len(found) == number


def test_a_clinic_round_the_clock_has_no_seam_at_midnight():
    zone = ZoneInfo("Asia/Kathmandu")
    pattern = every_day((time(0), time(0)), zone=zone)
    two_days = Span(
        day_span(date(2026, 6, 1), zone).start, day_span(date(2026, 6, 2), zone).end
    )

    found = offered(pattern, two_days)

    assert union(slot.span for slot in found.slots) == [two_days]


def test_a_break_says_why_and_gives_way_to_time_added():
    zone = ZoneInfo("Asia/Kolkata")
    lunch = session(time(13), time(14), kind=Offered.BREAK)
    monday = slots.Pattern(zone, date(2026, 1, 1), None, (lunch,))
    window = day_span(date(2026, 3, 2), zone)
    half = Span(
        datetime(2026, 3, 2, 8, 0, tzinfo=UTC), datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    )
    extra = slots.Piece(Offered.OPEN, half, 0, 0, frozenset(), "", SOURCE)

    found = offered(monday, window, extras=[extra])

    assert [closed.span.minutes for closed in found.closed] == [30]
    assert [piece.span for piece in found.open] == [half]
