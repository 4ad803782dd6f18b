"""
Chaos: messages are due while the worker and Redis are killed again and again.

Run it as `make chaos`, with MESSAGES=, SECONDS= and SEED= if you like. It ends with
status 0 only if each message arrived exactly once, and enough was killed.
"""

import io
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from app.core.embedded.process import Child
from drills import acts, house, sink
from drills.client import Client
from drills.house import House
from drills.results import Result, folder, tell
from drills.scene import Scene
from drills.sink import Sink

MESSAGES = 2000
# So long things are killed, at most: it ends sooner when nothing is due any more.
SECONDS = 240
# Of a hundred messages so many are taken without an answer, and so many refused.
DROPPED, FAILED = 2, 3
_PAUSE_S = (1.0, 4.0)
_WAITS_S = 60.0
# Longer than a lease, and than the waits after the failures that are drawn.
_STALLS_S = 90.0

Connection = psycopg.Connection[tuple[Any, ...]]


class Failing(Sink):
    """A gateway that hangs up after taking some messages, and fails at some others."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice

    def take(self, letter: sink.Letter) -> int | str:
        drawn = self._dice.randrange(100)
        if drawn < DROPPED + FAILED:
            self.answers.append("drop" if drawn < DROPPED else 503)
        return super().take(letter)


def judge(taken: Sink, connection: Connection, phones: Sequence[str]) -> Result:
    """
    Compare what a gateway has taken with what the log says; nobody sends any more.

    A message may come twice under its own key where the log says "unknown": to the
    gateway that is one.
    """
    came = Counter(letter["id"] for letter in taken.letters)
    to = Counter(letter["to"] for letter in taken.arrived.values())
    unknown = {
        str(number)
        for (number,) in connection.execute(
            "SELECT m.public_id FROM messages m JOIN message_tries t"
            " ON t.message_id = m.id WHERE t.outcome = 'unknown'"
        )
    }
    open_ones = connection.execute(
        "SELECT public_id, status FROM messages"
        " WHERE patient_id IS NOT NULL AND status <> 'sent'"
    ).fetchall()
    outcomes: dict[str, int] = {
        str(outcome): int(number)
        for outcome, number in connection.execute(
            "SELECT outcome, count(*) FROM message_tries GROUP BY 1 ORDER BY 1"
        )
    }
    repeated = [each for each, times in came.items() if times > 1]
    return Result(
        {
            "messages due": len(phones),
            "arrived": len(taken.arrived),
            "came again by key": len(taken.letters) - len(taken.arrived),
            **{f"tries {outcome}": number for outcome, number in outcomes.items()},
        },
        {
            "never arrived": sorted(set(phones) - set(to)),
            "arrived twice": sorted(phone for phone, times in to.items() if times > 1),
            "again without a word": [e for e in repeated if e not in unknown],
            "not settled": [(str(number), str(status)) for number, status in open_ones],
        },
    )


def run(messages: int, seconds: float, seed: str) -> Result:
    """Let so many messages go out under fire, in a folder of its own, and judge it."""
    dice = random.Random(seed)  # noqa: S311 - dice of a drill
    with (
        folder("chaos") as root,
        sink.http(Failing(random.Random(seed))) as (url, taken),  # noqa: S311 - likewise
        house.opened(root / "home", sms=url) as ours,
        ours.connect() as connection,
    ):
        _book(ours, dice)
        phones = _due(connection, messages, ours.pace.now())
        killed, took = _under_fire(ours, connection, taken, dice, seconds)
        result = judge(taken, connection, phones)
    counts = {**result.counts, **killed, "seconds": round(took)}
    lacking = [f"no {what}" for what, number in killed.items() if number < 2]
    return Result(counts, result.faults, lacking)


def _book(ours: House, dice: random.Random) -> None:
    """Book one visit, of which everybody is to be told."""
    scene = Scene.from_json(ours.scene.read_text(encoding="utf-8"))
    client = Client(0, scene, ours.port, dice, io.StringIO(), dice)
    acts.book_token(client)
    client.hang_up()
    if not client.mine:
        raise RuntimeError("nothing could be booked")


def _due(connection: Connection, number: int, now: datetime) -> list[str]:
    """
    Let so many patients be told of one visit.

    They are written past the services, since two thousand bookings would take longer
    than all that is tried here.
    """
    connection.execute("UPDATE messages SET due_at = NULL, status = 'sent'")
    phones = [f"+91984{each:07}" for each in range(number)]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO patients (public_id, mrn, name, phone, sex, created_at)"
            " VALUES (gen_random_uuid(), %s, %s, %s, 'unknown', now())",
            [(f"C{each}", f"Chaos {each}", phones[each]) for each in range(number)],
        )
    connection.execute(
        "INSERT INTO messages (public_id, facility_id, appointment_id, patient_id,"
        " kind, data, channel, status, dedup_key, created_at, due_at)"
        " SELECT gen_random_uuid(), m.facility_id, m.appointment_id, p.id, m.kind,"
        " m.data, 'undecided', 'queued', 'chaos:' || p.id, %(now)s, %(now)s"
        " FROM patients p, (SELECT * FROM messages WHERE patient_id IS NOT NULL"
        " ORDER BY id LIMIT 1) m WHERE p.mrn LIKE 'C%%'",
        {"now": now},
    )
    return phones


def _under_fire(
    ours: House,
    connection: Connection,
    taken: Sink,
    dice: random.Random,
    seconds: float,
) -> tuple[dict[str, int], float]:
    """Kill one thing after another while anything is due; count what was killed."""
    began = time.monotonic()
    workers = ours.start("worker", "-m", "drills.jobs", "worker")
    waker = ours.start("waker", "-m", "drills.jobs", "waker")
    kills: dict[str, Callable[[], bool]] = {
        "senders killed": lambda: _kill_sender(workers),
        "workers killed": lambda: _kill_worker(workers),
        "Redis killed": lambda: _kill_redis(ours),
    }
    killed = dict.fromkeys(kills, 0)
    try:
        while _left(connection) and time.monotonic() - began < seconds:
            # Only what works is worth killing.
            _wait_for_more(taken, connection)
            time.sleep(dice.uniform(*_PAUSE_S))
            if _left(connection):
                what = dice.choice(list(kills))
                killed[what] += kills[what]()
        # A slow machine is no fault: who is let alone sends what is left.
        _wait_for_rest(taken, connection)
    finally:
        waker.stop()
        workers.stop()
    return killed, time.monotonic() - began


def _left(connection: Connection) -> int:
    found = connection.execute(
        "SELECT count(*) FROM messages WHERE due_at IS NOT NULL"
    ).fetchone()
    return int(found[0]) if found else 0


def _kill_sender(worker: Child) -> bool:
    """Kill the process that runs the job, and leave its worker to wonder."""
    found = _children(worker)
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(found)


def _kill_worker(worker: Child) -> bool:
    """Kill the worker with the job it runs, and start another one."""
    horses = _children(worker)
    os.kill(worker.pid, signal.SIGKILL)
    for pid in horses:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    worker.wait(_WAITS_S)
    worker.restart()
    return True


def _kill_redis(ours: House) -> bool:
    """Kill Redis, as the kernel does when memory is short, and start it again."""
    os.kill(ours.redis.pid, signal.SIGKILL)
    ours.redis.wait(_WAITS_S)
    ours.start_redis()
    return True


def _children(of: Child) -> list[int]:
    tasks = Path(f"/proc/{of.pid}/task/{of.pid}/children")
    with suppress(FileNotFoundError):
        return [int(pid) for pid in tasks.read_text(encoding="ascii").split()]
    return []


def _wait_for_more(taken: Sink, connection: Connection) -> None:
    before, give_up = len(taken.letters), time.monotonic() + _WAITS_S
    while len(taken.letters) == before and _left(connection):
        if time.monotonic() > give_up:
            break
        time.sleep(0.05)


def _wait_for_rest(taken: Sink, connection: Connection) -> None:
    """Wait until nothing is due any more, or nothing arrives any more."""
    before, since = len(taken.letters), time.monotonic()
    while _left(connection) and time.monotonic() - since < _STALLS_S:
        time.sleep(0.5)
        if len(taken.letters) != before:
            before, since = len(taken.letters), time.monotonic()


def main() -> int:
    """Run as the environment says, print the result, and tell it as a status."""
    messages = int(os.environ.get("MESSAGES") or MESSAGES)
    seconds = float(os.environ.get("SECONDS") or SECONDS)
    return tell(
        "chaos",
        f"{messages} messages in {seconds:.0f} s",
        lambda seed: run(messages, seconds, seed),
    )


if __name__ == "__main__":
    sys.exit(main())
