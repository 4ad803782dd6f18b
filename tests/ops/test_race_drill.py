"""The race in a short form: a whole Baari, rivals, Redis away, workers killed."""

from collections import Counter

import pytest

from app.booking import conflicts
from app.booking.views import Override
from drills import night, race
from tests.factories import NOW

pytestmark = [pytest.mark.ops]

SEED = "baari"
SECONDS = 18


def test_a_short_race_leaves_nothing_to_find():
    result = race.run(SECONDS, SEED, clients=5)

    told = race.report(result)
    assert not any(result.faults.values()), told
    assert {"busy though free", "unexplained at night"} <= result.faults.keys()
    assert not result.lacking, told


def test_the_night_finds_what_the_register_does_not_know(world):
    other = world.book(world.doctor, 14, double_book=Override("twins"))
    with world.connect() as connection:

        def found():
            return night.unexplained(connection, lambda: conflicts.sweep(now=NOW))

        assert found() == []
        world.plant("DELETE FROM resource_conflicts")
        ((kind, *_, one, two),) = found()
        assert found() == []

    assert kind == "DOUBLE_BOOKING"
    assert (one, two) == (other.reference, world.timed.reference)


class TestResult:
    def result(self, *, faults=(), lacking=()):
        done = {"book_token": Counter(done=3, busy=1, slot_full=2)}
        return race.Result(done, {"overlaps": faults}, lacking)

    def test_is_clean_when_enough_was_done_and_nothing_is_wrong(self):
        assert self.result().is_clean

    def test_is_not_clean_with_a_fault(self):
        result = self.result(faults=[(1, 2, 3)])

        assert not result.is_clean
        assert "(1, 2, 3)" in race.report(result)

    def test_is_not_clean_when_too_little_was_done(self):
        result = self.result(lacking=["no hold ran out"])

        assert not result.is_clean
        assert "no hold ran out" in race.report(result)

    def test_shows_who_was_told_to_try_again(self):
        assert "503 busy                      1" in race.report(self.result())
