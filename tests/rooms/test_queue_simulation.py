"""The simulator: the same people under each policy, and waits that add up."""

from datetime import timedelta
from random import Random
from statistics import fmean

from app.queues import scoring
from app.queues.kinds import Level
from app.queues.scoring.facts import Arrival
from app.queues.simulation import OPENS, Clinic, Person, compare, people, waits

MINUTE = timedelta(minutes=1)
POLICIES = {name: scoring.build(name, {}) for name in scoring.OWN}
BUSY = Clinic(walk_ins=2.5, visit=9)


def came(minute, takes=10, *, booked=None, level=Level.ROUTINE, needs=()):
    at = None if booked is None else OPENS + booked * MINUTE
    arrival = Arrival(
        OPENS + minute * MINUTE, at, at, booked is None, level, frozenset(needs)
    )
    return Person(arrival, takes)


def test_the_same_seed_plays_the_same_day():
    one, other = (list(people(BUSY, Random(7))) for _ in range(2))

    assert one == other
    assert one != list(people(BUSY, Random(8)))


def test_a_wait_is_from_ones_arrival_or_ones_time_on():
    day = [came(0), came(1), came(-20, booked=15)]

    assert waits(day, POLICIES["first_come"]) == [
        ("booked", 0.0),
        ("walk_in", 10.0),
        ("walk_in", 19.0),
    ]


def test_the_order_is_that_of_the_policy():
    day = [came(0), came(1), came(2, booked=5)]

    groups = [group for group, _ in waits(day, POLICIES["appointments_first"])]

    assert groups == ["walk_in", "booked", "walk_in"]


def test_an_emergency_goes_first_and_is_not_counted():
    day = [came(0), came(1), came(2, 30, level=Level.EMERGENCY)]

    assert waits(day, POLICIES["due_time"]) == [("walk_in", 0.0), ("walk_in", 39.0)]


def test_two_doctors_see_two_at_once():
    day = [came(0), came(0)]

    assert [w for _, w in waits(day, POLICIES["due_time"], doctors=2)] == [0.0, 0.0]


def test_every_policy_sees_everybody():
    day = list(people(BUSY, Random(3)))
    seen = {name: len(waits(day, each)) for name, each in POLICIES.items()}

    assert len(set(seen.values())) == 1


def test_order_alone_changes_no_mean_when_visits_take_alike():
    # Who is served when is all that a policy decides: with visits of one length, and
    # everybody counted from arrival, the waits of a day add up to the same.
    day = [came(n * 3, needs={"vip"} if n % 5 == 0 else ()) for n in range(30)]
    means = [fmean(w for _, w in waits(day, each)) for each in POLICIES.values()]

    assert max(means) - min(means) < 1e-6


def test_what_the_findings_say_holds():
    found = {each.policy: each for each in compare(POLICIES, BUSY, seed=1, days=60)}
    due, first = found["due_time"], found["first_come"]
    strict = found["appointments_first"]

    assert due.groups["priority"].mean < first.groups["priority"].mean
    assert due.groups["booked"].mean < first.groups["booked"].mean
    assert due.groups["walk_in"].p95 < strict.groups["walk_in"].p95
    assert due.longest_of_a_day < strict.longest_of_a_day
