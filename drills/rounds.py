"""The rounds of the scramble: four want one token, and one of them gets it."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from threading import Barrier
from typing import Any

from drills import auditor
from drills.buyers import Buyer
from drills.house import House
from drills.rivals import AtTheDesk, End, OnTheNetwork, OnThePage, Rival
from drills.scarce import SLOT_MINUTES, SLOTS_A_DAY
from drills.speech import Speech, Wanted

# Searches reach seven days ahead.
_DAYS = 6
MOST_ROUNDS = _DAYS * SLOTS_A_DAY
_HOLD, _MARGIN = timedelta(minutes=10), timedelta(seconds=30)
_TOGETHER_WITHIN_S = 120.0
# Of those who hold a place so many go away.
_LEFT = 0.5
_OF_ROUNDS = ("not one winner", "lost in other words", "won and not booked")
_OF_HOLDS = ("not kept", "held beyond its time", "had by two")


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who holds a place and went away."""

    who: Rival
    number: int
    wanted: Wanted
    until: datetime


@dataclass
class Scramble:
    """What goes on: the four doors, whose turn it is, and what came of it."""

    ours: House
    scene: Mapping[str, str]
    apps: Sequence[tuple[Buyer, Speech]]
    connection: auditor.Connection
    seed: str
    counts: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    tokens: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)  # noqa: S311 - a drill that can be run again
        for name in (*_OF_ROUNDS, *_OF_HOLDS):
            self.faults[name] = []

    def greet(self) -> None:
        """Have everybody look once, so that all that is slow at first is done."""
        for each in self._rivals(self._wanted(0), 0):
            each.get_ready()

    def play(self, number: int) -> None:
        """Have all four reach for one token, and let its winner book it or go away."""
        wanted = self._wanted(number)
        rivals = self._rivals(wanted, number)
        ends = self._scrambled(rivals)
        self.counts["rounds"] += 1
        had = [each for each, end in zip(rivals, ends, strict=True) if _is_had(end)]
        for each, end in zip(rivals, ends, strict=True):
            if not _is_had(end) and end != End.REFUSED:
                self._fault("lost in other words", number, each, end)
        if len(had) != 1:
            names = [(r.door, end, r.told) for r, end in zip(rivals, ends, strict=True)]
            self.faults["not one winner"].append((number, *names))
            return
        (winner,) = had
        self.counts[f"won by {winner.door}"] += 1
        if End.HELD in ends and self.dice.random() < _LEFT:
            self.left.append(Left(winner, number, wanted, self.ours.pace.now() + _HOLD))
            self._challenge(number, wanted)
        else:
            self._finish(winner, number)

    def take_over(self, *, wait: bool) -> None:
        """Have others come for the places whose holds have run out, or wait for all."""
        while self.left:
            due = self.left[0].until + _MARGIN
            if not wait and self.ours.pace.now() < due:
                return
            time.sleep(max(0.0, self.ours.pace.real(due) - time.time()))
            self._taken_over(self.left.pop(0))

    def _taken_over(self, left: Left) -> None:
        taker = self.dice.choice(self._rivals(left.wanted, left.number + MOST_ROUNDS))
        taker.get_ready()
        end = taker.reach()
        self.counts["left and taken over"] += 1
        if not _is_had(end):
            self._fault("held beyond its time", left.number, taker, end)
            return
        self._finish(taker, left.number)
        if late := left.who.finish():
            self._fault("had by two", left.number, left.who, late)

    def _challenge(self, number: int, wanted: Wanted) -> None:
        """Let the desk try for a place that is held: it is told that it is full."""
        desk = self._rivals(wanted, number)[-1]
        if (end := desk.reach()) != End.REFUSED:
            self._fault("not kept", number, desk, end)

    def _finish(self, winner: Rival, number: int) -> None:
        told = winner.finish()
        if told.startswith("R-"):
            self.tokens[f"{self._wanted(number).starts_at:%d} {told}"] += 1
        else:
            self._fault("won and not booked", number, winner, told)

    def _scrambled(self, rivals: list[Rival]) -> list[str]:
        start = Barrier(len(rivals), timeout=_TOGETHER_WITHIN_S)
        lates = [each.late_s * self.dice.random() for each in rivals]

        def one(rival: Rival, late: float) -> str:
            rival.get_ready()
            start.wait()
            time.sleep(late)
            return rival.reach()

        with ThreadPoolExecutor(len(rivals)) as pool:
            return list(pool.map(one, rivals, lates))

    def _rivals(self, wanted: Wanted, number: int) -> list[Rival]:
        base = f"http://127.0.0.1:{self.ours.port}"
        return [
            *(OnTheNetwork(app, says, wanted, self.dice) for app, says in self.apps),
            OnThePage(base, wanted, number, self._code),
            AtTheDesk(base, self.scene, wanted),
        ]

    def _wanted(self, number: int) -> Wanted:
        """Give the place of a round: the days take turns, so that none fills up."""
        day, slot = number % _DAYS, number // _DAYS
        first = datetime.fromisoformat(f"{self.scene['day']}T09:00:00+05:30")
        start = first + timedelta(days=day, minutes=SLOT_MINUTES * slot)
        phone = f"+91984{number:07}"
        return Wanted("rush", "visit", start, f"Buyer {number}", phone)

    def _code(self, phone: str) -> str:
        found = self.connection.execute(
            "SELECT shown FROM otp_challenges"
            " WHERE phone = %s ORDER BY id DESC LIMIT 1",
            [phone],
        ).fetchone()
        return str(found[0]) if found else ""

    def _fault(self, name: str, number: int, who: Rival, end: str) -> None:
        self.faults[name].append((number, who.door, end, who.told))


def _is_had(end: str) -> bool:
    return end in {End.BOOKED, End.HELD}
