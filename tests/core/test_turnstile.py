"""Few requests at work at once, and nobody who could shut the way for the others."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.turnstile import Turnstile

LONG_S = 10.0
LENT_S = 2.0


class Work:
    """Threads that work until they are let go, and who of them is at it."""

    def __init__(self, turnstile):
        self.turnstile, self.go = turnstile, threading.Event()
        self.inside = threading.Semaphore(0)

    def __call__(self):
        with self.turnstile.within():
            self.inside.release()
            assert self.go.wait(LONG_S)

    def came(self, number, within=LONG_S):
        return all(self.inside.acquire(timeout=within) for _ in range(number))


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as threads:
        yield threads


def assert_one_place(pool, turnstile):
    work = Work(turnstile)
    done = [pool.submit(work), pool.submit(work)]
    assert work.came(1)
    assert not work.came(1, within=0.2)
    work.go.set()
    for each in done:
        each.result(LONG_S)


def test_as_many_as_there_are_places_work_at_once_and_the_next_when_one_leaves(pool):
    work = Work(Turnstile(2, LONG_S))
    done = [pool.submit(work) for _ in range(3)]
    assert work.came(2)
    assert not work.came(1, within=0.2)
    work.go.set()
    assert work.came(1)
    for each in done:
        each.result(LONG_S)


def test_who_takes_long_loses_the_place_and_gives_none_back(pool):
    turnstile = Turnstile(1, LENT_S)
    slow, others = Work(turnstile), Work(turnstile)
    first = pool.submit(slow)
    assert slow.came(1)
    done = [pool.submit(others)]
    assert others.came(1)
    slow.go.set()
    first.result(LONG_S)
    # Theirs is taken: who comes now waits for the second, or as long as that was lent.
    done.append(pool.submit(others))
    assert not others.came(1, within=LENT_S / 4)
    others.go.set()
    assert others.came(1)
    for each in done:
        each.result(LONG_S)


def test_in_a_line_of_short_ones_nobody_overtakes(pool):
    turnstile, alone, seen = Turnstile(1, LENT_S), threading.Lock(), []

    def brief():
        with turnstile.within():
            mine = alone.acquire(blocking=False)
            time.sleep(LENT_S / 8)
            seen.append(mine)
            if mine:
                alone.release()

    for each in [pool.submit(brief) for _ in range(12)]:
        each.result(LONG_S)
    assert all(seen)


def test_who_came_first_is_next(pool):
    turnstile, order = Turnstile(1, LONG_S), []

    def in_turn(number):
        with turnstile.within():
            order.append(number)

    with turnstile.within():
        done = []
        for number in range(6):
            done.append(pool.submit(in_turn, number))
            while turnstile.waiting() <= number:
                time.sleep(0.001)
    for each in done:
        each.result(LONG_S)
    assert order == [*range(6)]


def test_who_waits_for_a_moment_keeps_the_place(pool):
    turnstile = Turnstile(1, LONG_S, idle_s=LENT_S)
    work = Work(turnstile)
    with turnstile.within():
        rival = pool.submit(work)
        # It looks again after LENT_S: in the middle of what is waited for here.
        assert not work.came(1, within=LENT_S * 0.75)
        with turnstile.aside():
            assert not work.came(1, within=LENT_S / 2)
        assert not work.came(1, within=LENT_S)
    assert work.came(1)
    work.go.set()
    rival.result(LONG_S)


def test_who_waits_for_a_rival_lends_the_place(pool):
    turnstile = Turnstile(1, LONG_S)
    work = Work(turnstile)
    with turnstile.within(), turnstile.aside():
        rival = pool.submit(work)
        assert work.came(1)
    # It came back beside the rival, and took no place away.
    work.go.set()
    rival.result(LONG_S)
    assert_one_place(pool, turnstile)


def test_to_step_aside_outside_gives_no_place_to_anybody(pool):
    turnstile = Turnstile(1, LONG_S)
    with turnstile.aside():
        pass
    assert_one_place(pool, turnstile)


def test_an_act_that_fails_leaves_its_place_to_the_next(pool):
    turnstile = Turnstile(1, LONG_S)
    with pytest.raises(LookupError), turnstile.within():
        raise LookupError
    work = Work(turnstile)
    done = pool.submit(work)
    assert work.came(1, within=LONG_S / 2)
    work.go.set()
    done.result(LONG_S)
