"""Rounds of load: each act, its floor and the empty view, one after another."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice

from app.core.settings import PROJECT
from bench.client import Job, Seen, request
from bench.house import WORKERS, House
from bench.measures import Ask, Measure
from bench.plan import Plan

EMPTY = "empty view"
# So many places are drawn for a second: more than any machine books.
_DRAWN = 3_000


class WrongAnswerError(Exception):
    """Some request was not answered as it must be: the figures would mean nothing."""


@dataclass(slots=True)
class Tally:
    """What one name came to over all rounds at one concurrency."""

    name: str
    concurrency: int
    seconds: float = 0.0
    late_ms: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.late_ms) / self.seconds

    def percentile(self, percent: int) -> float:
        """Tell within how many milliseconds so many of a hundred were answered."""
        ordered = sorted(self.late_ms)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


@dataclass(frozen=True, slots=True)
class Rounds:
    """How long, how often and how many at once."""

    seconds: float = 2.0
    number: int = 3
    concurrencies: Sequence[int] = (1, 8, 32)


def floor_of(measure: Measure) -> str:
    """Name the floor of a measure."""
    return f"{measure.name}, in SQL"


def rounds(
    house: House, plan: Plan, measures: Iterable[Measure], how: Rounds
) -> Iterator[Tally]:
    """
    Give the tallies of every concurrency, the empty view's first.

    What is compared takes turns within seconds, as a machine drifts.

    :raises WrongAnswerError: naming the answers that were not as they must be
    """
    named = {each.name: each for each in measures}
    for concurrency in how.concurrencies:
        tallies = {EMPTY: Tally(EMPTY, concurrency)}
        for measure in named.values():
            for name, _ in _both(measure):
                tallies[name] = Tally(name, concurrency)
        for _ in range(how.number):
            _add(tallies[EMPTY], _load(house, _empty(), 200, how.seconds, concurrency))
            for measure in named.values():
                for name, ask in _both(measure):
                    drawn = _drawn(plan, ask, measure, how.seconds)
                    seen = _load(
                        house,
                        drawn,
                        measure.status,
                        how.seconds,
                        concurrency,
                        again=measure.again,
                        says=measure.says if name == measure.name else "",
                    )
                    _add(tallies[name], seen)
        yield from tallies.values()


def once(house: House, requests: list[str], status: int, concurrency: int = 8) -> None:
    """
    Send each request one time, however long it takes.

    :raises WrongAnswerError: naming the answers that were not as they must be
    """
    _load(house, requests, status, float("inf"), concurrency, again=False)


def _both(measure: Measure) -> list[tuple[str, Ask]]:
    found = [(measure.name, measure.ask)]
    if measure.floor is not None:
        found.append((floor_of(measure), measure.floor))
    return found


def _drawn(plan: Plan, ask: Ask, measure: Measure, seconds: float) -> list[str]:
    if measure.again:
        return list(ask(plan))
    return list(islice(ask(plan), int(_DRAWN * seconds)))


def _empty() -> list[str]:
    return [request("GET", "/floor/empty", "")]


def _add(tally: Tally, seen: Seen) -> None:
    tally.seconds += seen.seconds
    tally.late_ms += seen.late_ms


def _load(
    house: House,
    requests: list[str],
    status: int,
    seconds: float,
    concurrency: int,
    *,
    again: bool = True,
    says: str = "",
) -> Seen:
    job = Job(house.port, concurrency, seconds, requests, status, again, WORKERS, says)
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        input=json.dumps(asdict(job)),
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        check=True,
        text=True,
    )
    seen = Seen(**json.loads(done.stdout))
    if seen.wrong:
        raise WrongAnswerError(seen.wrong)
    return seen
