"""When a set is free together, against a model that tries every five minutes."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.booking import joint
from app.booking.joint import Candidate
from app.core.spans import Span, union

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = Span(NOON, NOON + timedelta(hours=6))


def after(minutes):
    return NOON + timedelta(minutes=minutes)


@st.composite
def gaps(draw, step):
    """Give some free time of a resource, with its ends on a step."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(-60 // step, 400 // step)) * step
        found.append(
            Span(after(start), after(start + step * draw(st.integers(1, 120 // step))))
        )
    return union(found)


@st.composite
def sets(draw, step=5):
    """Give resources with their free time, and members that some of them could be."""
    free = {number: draw(gaps(step)) for number in range(1, 5)}
    members = draw(
        st.lists(
            st.tuples(
                st.lists(
                    st.sampled_from(sorted(free)), min_size=1, max_size=3, unique=True
                ),
                st.integers(-30 // step, 30 // step).map(lambda n: n * step),
                st.integers(1, 60 // step).map(lambda n: n * step),
            ),
            min_size=1,
            max_size=3,
        )
    )
    barred = draw(st.sets(st.tuples(st.sampled_from(sorted(free)), st.integers(0, 71))))
    return free, members, barred


def search(free, members, barred):
    asked = [
        [
            Candidate(
                number,
                joint.starts(
                    free[number], timedelta(minutes=offset), timedelta(minutes=length)
                ),
            )
            for number in numbers
        ]
        for numbers, offset, length in members
    ]
    common = joint.either(asked[0])
    for each in asked[1:]:
        common = joint.both(common, joint.either(each))
    return joint.earliest(
        asked, common, DAY, lambda number, moment: allowed(barred, number, moment)
    )


def allowed(barred, number, moment):
    return (number, (moment - NOON) // joint.STEP) not in barred


def fits(free, members, barred, moment, chosen):
    """Ask the plainest way: is each free for its part, and nobody two of them?"""
    parts = [
        Span(
            moment + timedelta(minutes=offset),
            moment + timedelta(minutes=offset + length),
        )
        for _, offset, length in members
    ]
    return (
        len(set(chosen)) == len(chosen)
        and allowed(barred, chosen[0], moment)
        and all(
            any(gap.covers(part) for gap in free[number])
            for number, part in zip(chosen, parts, strict=True)
        )
    )


def model(free, members, barred):
    """Try every five minutes, and then everybody."""
    moment = NOON
    while moment < DAY.end:
        for chosen in product(*(numbers for numbers, _, _ in members)):
            if fits(free, members, barred, moment, chosen):
                return moment, chosen
        moment += joint.STEP
    return None


@given(sets())
def test_finds_exactly_what_trying_everything_finds(asked):
    found = search(*asked)

    wanted = model(*asked)
    assert (found and (found.start, found.chosen)) == wanted


@given(sets(step=1))
def test_off_the_clock_it_hides_nothing_and_offers_nothing_that_is_not_free(asked):
    found = search(*asked)

    wanted = model(*asked)
    if wanted is not None:
        assert found is not None
        assert found.start <= wanted[0]
    if found is not None:
        assert fits(*asked, found.start, found.chosen)


@pytest.mark.parametrize(("length", "start"), [(30, 0), (33, 2), (28, 5)])
def test_starts_off_the_clock_only_where_there_is_room_for_nothing_else(length, start):
    free = {1: [Span(after(2), after(35))]}
    if length == 30:
        free = {1: [Span(after(0), after(35))]}

    found = search(free, [([1], 0, length)], set())

    assert found.start == after(start)


def test_who_can_do_less_is_left_what_it_needs():
    gap = [Span(after(0), after(60))]

    found = search({1: gap, 2: gap}, [([1, 2], 0, 30), ([1], 0, 30)], set())

    assert found.chosen == (2, 1)
