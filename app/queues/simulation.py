"""
Days of a clinic, played with dice, to compare ways to order a queue.

The order is made by the very scoring that orders real queues. All of it is pure: the
same seed plays the same people, whichever policy orders them.
"""

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heapify, heapreplace
from math import ceil, log
from random import Random
from statistics import fmean

from app.queues.kinds import Level
from app.queues.scoring.facts import Arrival, Scoring

OPENS = datetime(2026, 1, 5, 9, tzinfo=UTC)
GROUPS = ("booked", "walk_in", "priority")


@dataclass(frozen=True, slots=True)
class Clinic:
    """
    A session of one queue. Times are minutes, the rest shares of one.

    Booked patients come around their time, by a normal curve with `early` and `spread`;
    who walks in comes at random, `walk_ins` an hour. Visits take a lognormal time.
    """

    hours: float = 4
    slot: float = 15
    per_slot: int = 1
    walk_ins: float = 2
    no_show: float = 0.12
    early: float = 8
    spread: float = 12
    visit: float = 9
    visit_spread: float = 0.45
    priority: float = 0.15
    urgent: float = 0.05
    emergency: float = 0.005
    doctors: int = 1


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who came on a played day, and how long their visit takes."""

    arrival: Arrival
    minutes: float

    @property
    def group(self) -> str:
        if self.arrival.needs or self.arrival.level == Level.URGENT:
            return "priority"
        return "walk_in" if self.arrival.walk_in else "booked"


@dataclass(frozen=True, slots=True)
class Told:
    """Waits in minutes over all days: how long usually, for nearly all, at the most."""

    number: int
    mean: float
    p95: float
    longest: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What a policy did: waits by group, and the longest of a day, usually and ever.

    Emergencies go before everybody in each policy: they are played, and not counted.
    """

    policy: str
    groups: Mapping[str, Told]
    longest_of_a_day: float
    longest: float


def compare(
    policies: Mapping[str, Scoring],
    clinic: Clinic,
    *,
    seed: int,
    days: int,
) -> list[Outcome]:
    """Play the same days under each policy."""
    played = [list(people(clinic, Random(f"{seed}/{n}"))) for n in range(days)]  # noqa: S311 - dice, not secrets
    return [
        _outcome(name, [waits(day, scores, clinic.doctors) for day in played])
        for name, scores in policies.items()
    ]


def people(clinic: Clinic, dice: Random) -> Iterator[Person]:
    """Play who comes on a day, in no order."""
    slots = int(clinic.hours * 60 / clinic.slot)
    for number in range(slots * clinic.per_slot):
        at = OPENS + timedelta(minutes=number // clinic.per_slot * clinic.slot)
        came = at + timedelta(minutes=dice.gauss(-clinic.early, clinic.spread))
        stays_away = dice.random() < clinic.no_show
        person = _person(clinic, dice, came, at)
        if not stays_away:
            yield person
    minutes = 0.0
    while clinic.walk_ins:
        minutes += -log(1 - dice.random()) * 60 / clinic.walk_ins
        if minutes >= clinic.hours * 60:
            return
        yield _person(clinic, dice, OPENS + timedelta(minutes=minutes), None)


def waits(
    day: Sequence[Person], scores: Scoring, doctors: int = 1
) -> list[tuple[str, float]]:
    """
    Give each one's group and wait, when a policy orders them.

    Who comes before their time waits from their time on: being early is their choice.
    """
    coming = sorted(
        enumerate(day), key=lambda each: (each[1].arrival.arrived_at, each[0])
    )
    coming.reverse()
    free = [OPENS] * doctors
    heapify(free)
    here: list[_Waiting] = []
    found = []
    while coming or here:
        now = free[0]
        if not here:
            now = max(now, coming[-1][1].arrival.arrived_at)
        while coming and coming[-1][1].arrival.arrived_at <= now:
            number, person = coming.pop()
            score = scores.score(person.arrival)
            came = person.arrival.arrived_at
            insort(here, _Waiting((score.tier, score.due_at, came, number), person))
        person = here.pop(0).person
        heapreplace(free, now + timedelta(minutes=person.minutes))
        if person.arrival.level != Level.EMERGENCY:
            since = max(
                person.arrival.arrived_at, person.arrival.scheduled_at or OPENS, OPENS
            )
            waited = (now - since).total_seconds() / 60
            found.append((person.group, max(0.0, waited)))
    return found


@dataclass(frozen=True, slots=True, order=True)
class _Waiting:
    key: tuple[int, datetime, datetime, int]
    person: Person = field(compare=False)


def _person(
    clinic: Clinic, dice: Random, came: datetime, booked: datetime | None
) -> Person:
    minutes = dice.lognormvariate(log(clinic.visit), clinic.visit_spread)
    needs = dice.choice(("elderly", "pregnant", "disabled", "vip"))
    first, second = dice.random(), dice.random()
    level = Level.ROUTINE
    if second < clinic.emergency:
        level = Level.EMERGENCY
    elif second < clinic.emergency + clinic.urgent:
        level = Level.URGENT
    arrival = Arrival(
        arrived_at=came,
        scheduled_at=booked,
        late_from=booked,
        walk_in=booked is None,
        level=level,
        needs=frozenset({needs} if first < clinic.priority else ()),
    )
    return Person(arrival, minutes)


def _outcome(name: str, days: Sequence[Sequence[tuple[str, float]]]) -> Outcome:
    groups: dict[str, list[float]] = {group: [] for group in GROUPS}
    for day in days:
        for group, waited in day:
            groups[group].append(waited)
    longest = [max((waited for _, waited in day), default=0.0) for day in days]
    return Outcome(
        policy=name,
        groups={group: _told(sorted(found)) for group, found in groups.items()},
        longest_of_a_day=fmean(longest) if longest else 0.0,
        longest=max(longest, default=0.0),
    )


def _told(ordered: Sequence[float]) -> Told:
    if not ordered:
        return Told(0, 0.0, 0.0, 0.0)
    nearly = ordered[max(0, ceil(0.95 * len(ordered)) - 1)]
    return Told(len(ordered), fmean(ordered), nearly, ordered[-1])
