"""The last token between four doors, in a short form; and that faults are seen."""

import time
from types import SimpleNamespace

import pytest

from drills import scramble
from drills.pace import Pace
from drills.results import report
from drills.rivals import End, Rival
from drills.rounds import Scramble

pytestmark = [pytest.mark.ops, pytest.mark.timeout(240)]

SEED, SECONDS, FACTOR = "baari", 8, 20.0
# By these dice the first who holds a place goes away.
LEAVES = "1"


def test_a_short_scramble_leaves_nothing_to_find():
    result = scramble.run(SECONDS, SEED, factor=FACTOR)

    assert result.is_clean, report(result)


class Fixed(Rival):
    """Somebody who ends as it was written down, first and after."""

    late_s = 0.0

    def __init__(self, door, *ends, number=""):
        self.door, self._ends, self._number = door, list(ends), number

    def get_ready(self):
        pass

    def reach(self):
        return self._ends.pop(0)

    def finish(self):
        return self._number


class Told(Scramble):
    """A scramble of rivals that are given; nobody is asked."""

    given = ()

    def _rivals(self, wanted, number):
        return list(self.given)


def told(*rivals):
    # A hold of ten minutes is over at once.
    ours = SimpleNamespace(pace=Pace(time.time(), 10_000.0), port=0)
    it = Told(ours, {"day": "2026-03-02"}, [], None, LEAVES)
    it.given = rivals
    return it


def faults(it):
    return {name for name, found in it.faults.items() if found}


class TestRounds:
    def test_one_winner_who_books_is_no_fault(self):
        it = told(Fixed("desk", End.BOOKED, number="R-01"), Fixed("page", End.REFUSED))

        it.play(0)

        assert faults(it) == set()
        assert it.tokens == {"02 R-01": 1}

    @pytest.mark.parametrize(
        "rivals",
        [
            (Fixed("desk", End.BOOKED, number="R-01"), Fixed("page", End.HELD)),
            (Fixed("desk", End.REFUSED), Fixed("page", End.REFUSED)),
        ],
    )
    def test_two_winners_are_seen_and_none(self, rivals):
        it = told(*rivals)

        it.play(0)

        assert faults(it) == {"not one winner"}

    def test_another_refusal_than_that_it_is_taken_is_seen(self):
        it = told(
            Fixed("desk", End.BOOKED, number="R-01"), Fixed("app", '{"code": "31001"}')
        )

        it.play(0)

        assert faults(it) == {"lost in other words"}

    def test_a_winner_without_a_number_is_seen(self):
        it = told(Fixed("desk", End.BOOKED), Fixed("page", End.REFUSED))

        it.play(0)

        assert faults(it) == {"won and not booked"}

    @pytest.mark.parametrize(
        ("late", "desk", "found"),
        [
            ("", (End.REFUSED, End.REFUSED, End.BOOKED), set()),
            ("", (End.REFUSED, End.BOOKED, End.BOOKED), {"not kept"}),
            ("", (End.REFUSED, End.REFUSED, End.REFUSED), {"held beyond its time"}),
            ("R-01", (End.REFUSED, End.REFUSED, End.BOOKED), {"had by two"}),
        ],
    )
    def test_a_hold_is_kept_until_its_time_and_no_longer(self, late, desk, found):
        holds = Fixed("app", End.HELD, desk[-1], number=late)
        it = told(holds, Fixed("desk", *desk, number="R-02"))

        it.play(0)
        assert len(it.left) == 1
        it.given = it.given[1:]
        it.take_over(wait=True)

        assert faults(it) == found
