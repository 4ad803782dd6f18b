"""
The race: many processes want few places, while Redis goes and a worker is killed.

Run it as `make race`, with SECONDS= and SEED= if you like. It ends with status 0 only
if the auditor finds nothing, and enough was done to prove something.
"""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.core.embedded.process import Child
from drills import acknowledged, auditor, house, night, notes, replay
from drills.audited_leave import UNDONE
from drills.house import House
from drills.notes import Note
from drills.replay import History
from drills.results import Result, folder, tell, wrong

CLIENTS = 8
SECONDS = 60
# Less than this in a second proves nothing about rivals.
LEAST_PER_SECOND = 2
# Acts that must each have succeeded; the others depend on what stands.
MUST = (
    *("book_token", "book_timed", "book_set", "request_token", "request_timed"),
    *(
        "hold_token",
        "hold_timed",
        "come_back",
        "confirm",
        "approve",
        "cancel",
        "move",
        "join",
    ),
    *("override", "overbook_token", "double_book", "swap", "swap_twice"),
    *("over_slots", "emergency"),
    *("absent", "choose", "moved", "give_back"),
)
_ENDS_WITHIN_S = 60.0
# So often it goes on when some act was not done yet: half the time, the whole and more.
# What must wait for a hold to run out never comes about in a few slow seconds.
_MORE = 4


def run(seconds: float, seed: str, *, clients: int = CLIENTS) -> Result:
    """Run one race in a folder of its own, and judge it."""
    with folder("race") as root, house.opened(root / "home") as ours:
        troubles = _race(ours, seconds, seed, clients)
        result = _judged(ours, seconds, troubles)
        for more in range(1, _MORE + 1):
            # A slow machine comes to fewer acts: it goes on, without troubles.
            if not result.lacking or any(_so_far(result).values()):
                break
            longer = seconds * more / 2
            racers = _started(ours, f"{seed}+{more}", clients, longer, more)
            time.sleep(longer)
            troubles += _ended(racers)
            result = _judged(ours, seconds, troubles)
        return _at_last(ours, seconds, troubles, result)


def _at_last(
    ours: House, seconds: float, troubles: Sequence[str], so_far: Result
) -> Result:
    """Judge once more when all that was held has run out and others have come."""
    after = ours.start("aftermath", "-m", "drills.aftermath", str(ours.scene))
    result = _judged(ours, seconds, [*troubles, *_ended([after])])
    # Last, for what it finds it writes down, and nobody could tell any more.
    result = _slept_over(ours, result)
    # Everything that was held has run out: what was wrong or lacking before is so.
    lacking = dict.fromkeys([*so_far.lacking, *result.lacking])
    before = _so_far(so_far)
    faults = {n: [*before.get(n, ()), *found] for n, found in result.faults.items()}
    return replace(result, lacking=list(lacking), faults=faults)


def _slept_over(ours: House, result: Result) -> Result:
    """Let the job of the night look for conflicts, and count what it finds."""
    ends: list[str] = []

    def look() -> None:
        ends.extend(_ended([ours.start("night", "-m", "drills.night")]))

    with ours.connect() as connection:
        found = night.unexplained(connection, look)
    faults = {**result.faults, "unexplained at night": found}
    return replace(result, faults=faults, lacking=[*result.lacking, *ends])


def _so_far(result: Result) -> dict[str, Sequence[Any]]:
    """Give what is wrong while work may still be done."""
    return {name: found for name, found in result.faults.items() if name != UNDONE}


def _judged(ours: House, seconds: float, troubles: Sequence[str]) -> Result:
    told = notes.read(ours.home.root)
    with ours.connect() as connection:
        return judge(connection, told, ours.pace.real, seconds, troubles)


def judge(
    connection: auditor.Connection,
    told: Sequence[Note],
    real: replay.Real,
    seconds: float,
    troubles: Sequence[str],
) -> Result:
    """Count what was done and what is wrong; nobody writes any more."""
    done: dict[str, Counter[str]] = {}
    for note in told:
        word = note.code or ("done" if note.status else "cut off")
        done.setdefault(note.act, Counter())[word] += 1
    faults: dict[str, Sequence[Any]] = dict(auditor.audit(connection))
    faults["lost acknowledged"] = acknowledged.lost(connection, told)
    history = History(connection, real)
    faults["wrongly refused"] = history.unexplained(told)
    faults["busy though free"] = history.busy_though_free(told)
    faults["answers in error"] = [
        (note.act, note.status, note.code)
        for note in told
        if note.status >= 500 and note.code != "busy"
    ]
    return Result(done, faults, [*troubles, *_lacking(done, connection, seconds)])


def _race(ours: House, seconds: float, seed: str, clients: int) -> list[str]:
    """Let the clients run for so long, and make trouble meanwhile."""
    began = time.time()
    racers = _started(ours, seed, clients, seconds, 0)
    try:
        lacking = _trouble(ours, began, seconds)
        return lacking + _ended(racers)
    finally:
        for racer in racers:
            racer.stop(1)


def _started(
    ours: House, seed: str, clients: int, seconds: float, turn: int
) -> list[Child]:
    """Start the sweeper and the clients; they end by themselves."""
    until = str(time.time() + seconds)
    racers = [ours.start(f"sweeper-{turn}", "-m", "drills.sweeper", until)]
    for number in range(turn * clients, (turn + 1) * clients):
        words = (str(ours.scene), str(number), str(ours.port), seed, until)
        racers.append(ours.start(f"client-{number}", "-m", "drills.racer", *words))
    return racers


def _trouble(ours: House, began: float, seconds: float) -> list[str]:
    """Stop Redis, kill a worker while it is away, start Redis, kill one more."""
    _sleep_until(began + seconds * 0.3)
    ours.stop_redis()
    _sleep_until(began + seconds * 0.45)
    first = _kill_one(ours)
    _sleep_until(began + seconds * 0.6)
    ours.start_redis()
    _sleep_until(began + seconds * 0.75)
    second = _kill_one(ours)
    _sleep_until(began + seconds)
    if {first, second} & set(ours.workers()):
        return ["a killed worker still lives"]
    return [] if ours.workers() else ["no worker was started again"]


def _kill_one(ours: House) -> int:
    pid = ours.workers()[0]
    os.kill(pid, signal.SIGKILL)
    return pid


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))


def _ended(racers: Sequence[Child]) -> list[str]:
    give_up = time.time() + _ENDS_WITHIN_S
    found = []
    for racer in racers:
        status = racer.wait(max(0.1, give_up - time.time()))
        if status != 0:
            log = racer.program.log.read_text(encoding="utf-8")
            found.append(f"{racer.name} ended with {status}: {log[-600:]}")
    return found


def _lacking(
    done: Mapping[str, Counter[str]], connection: auditor.Connection, seconds: float
) -> list[str]:
    """Say what was done too little to prove anything."""
    good = sum(counted["done"] for counted in done.values())
    refused = sum(done_[code] for done_ in done.values() for code in replay.REFUSALS)
    found = []
    if good < seconds * LEAST_PER_SECOND:
        found.append(f"only {good} acts were done in {seconds:.0f} s")
    if refused < seconds * LEAST_PER_SECOND / 4:
        found.append(f"only {refused} were refused a place: there was no contest")
    found += [
        f"no {act} was done" for act in MUST if not done.get(act, Counter())["done"]
    ]
    expired = (
        "SELECT FROM audit_events WHERE action = 'appointment.expired'"
        " AND actor LIKE 'system:%' LIMIT 1"
    )
    if connection.execute(expired).fetchone() is None:
        found.append("no hold ran out")
    offers = "SELECT FROM offers WHERE status = 'accepted' LIMIT 1"
    if connection.execute(offers).fetchone() is None:
        found.append("no offer was accepted")
    returned = "SELECT FROM cascade_items WHERE fate = 'returned' LIMIT 1"
    if connection.execute(returned).fetchone() is None:
        found.append("nobody returned whom leave had moved")
    return found


def report(result: Result) -> str:
    """Write a result down for whoever looks on."""
    lines = [f"{'act':16}{'done':>7}{'busy':>6}{'cut':>5}  refused"]
    for act, counted in sorted(result.counts.items()):
        known = ("done", "busy", "cut off")
        other = {code: n for code, n in counted.items() if code not in known}
        told = ", ".join(f"{code} {n}" for code, n in sorted(other.items()))
        counts = "{:>7}{:>6}{:>5}".format(*(counted[each] for each in known))
        lines.append(f"{act:16}{counts}  {told}".rstrip())
    busy = sum(counted["busy"] for counted in result.counts.values())
    done = sum(counted["done"] for counted in result.counts.values())
    lines += ["", f"{'done':24}{done:>7}", f"{'503 busy':24}{busy:>7}", ""]
    return "\n".join([*lines, *wrong(result)])


def main() -> int:
    """Race as the environment says, print the result, and tell it as a status."""
    seconds = float(os.environ.get("SECONDS") or SECONDS)
    return tell(
        "race",
        f"{CLIENTS} clients for {seconds:.0f} s",
        lambda seed: run(seconds, seed),
        report,
    )


if __name__ == "__main__":
    sys.exit(main())
