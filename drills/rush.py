"""
The rush: many more patients than places at the public page, and guesses at visits.

Run it as `make rush`, with PATIENTS=, GUESSES= and SEED= if you like. It ends with
status 0 only if each place was booked once and nothing was leaked.
"""

import json
import os
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from drills import house
from drills.clinic import PLACES
from drills.house import House
from drills.patient import REFUSED, Browser, CodeOf, choose, come
from drills.results import Result, folder, tell

PATIENTS, GUESSES = 200, 10_000
# Who chooses a time and goes away, before the others come.
LEAVERS = 12
AT_ONCE = 24
# A hold of ten minutes runs out within two.
_FACTOR = 6.0
_HOLD_LASTS = timedelta(minutes=11)
# Of thousands, asked in turns, the medians differ by a few hundredths at most.
_ALIKE = 1.25
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_SIX = re.compile(r"(?<![\d.])\d{6}(?![\d.])")

Connection = psycopg.Connection[tuple[Any, ...]]


def run(patients: int, guesses: int, seed: str) -> Result:
    """Let them all come to a house of its own, and judge it."""
    with folder("rush") as root:
        opened = house.opened(
            root / "home", builder="drills.clinic", demo=True, factor=_FACTOR
        )
        with opened as ours, ours.connect() as connection:
            times = json.loads(ours.scene.read_text(encoding="utf-8"))["times"]
            base = f"http://127.0.0.1:{ours.port}"
            dice = random.Random(seed)  # noqa: S311 - chances, not secrets
            for _ in range(LEAVERS):
                choose(Browser(base), times, dice)
            held = _count(connection, "appointments WHERE status = 'held'")
            _wait_until(ours, ours.pace.now() + _HOLD_LASTS)
            began = time.monotonic()
            codes: list[str] = []
            ends = _rush(base, times, patients, seed, _codes(connection, codes))
            took = time.monotonic() - began
            _wait_until(ours, ours.pace.now() + _HOLD_LASTS)
            faults = judge(ends, patients, connection, ours.pace.now())
            guessed = _guess(base, guesses, dice, faults)
            faults["a code in a log"] = leaked(codes, ours.home.logs)
    counts = {
        "held and left": held,
        "booked": sum(ends.values()) - ends[REFUSED],
        "refused with others": ends[REFUSED],
        "codes sent": len(codes),
        "seconds": round(took, 1),
        **guessed,
    }
    return Result(counts, faults)


def _rush(
    base: str, times: str, patients: int, seed: str, codes: CodeOf
) -> Counter[str]:
    def one(number: int) -> str:
        dice = random.Random(f"{seed}/{number}")  # noqa: S311 - chances, not secrets
        return come(Browser(base), times, number, dice, codes)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(one, range(patients)))


def judge(
    ends: Counter[str], patients: int, connection: Connection, now: datetime
) -> dict[str, list[Any]]:
    """Compare what patients were told with what stands; all holds have run out."""
    refused = ends[REFUSED]
    tokens = {token: n for token, n in ends.items() if token != REFUSED}
    booked = _count(connection, "appointments WHERE status = 'scheduled'")
    standing = connection.execute(
        "SELECT id FROM appointments WHERE status = 'held' AND hold_expires_at > %s",
        [now],
    ).fetchall()
    return {
        "one number, two people": [t for t, n in tokens.items() if n > 1],
        "places not booked": [] if len(tokens) == min(PLACES, patients) else [tokens],
        "told and not booked": [] if booked == len(tokens) else [booked],
        "nobody's answer": [] if refused + len(tokens) == patients else [ends],
        "still held": standing,
    }


def leaked(codes: Iterable[str], logs: Path) -> list[str]:
    """Name the codes that stand in a log as a number of their own."""
    # Parts of a second have six digits too, after a point.
    said = {
        found
        for log in logs.rglob("*.log")
        for found in _SIX.findall(log.read_text(encoding="utf-8", errors="replace"))
    }
    return sorted(said & set(codes))


def _codes(connection: Connection, sent: list[str]) -> CodeOf:
    """Give what reads the code a phone was sent, and keeps it in a list."""

    def code(phone: str) -> str:
        found = connection.execute(
            "SELECT shown FROM otp_challenges"
            " WHERE phone = %s ORDER BY id DESC LIMIT 1",
            [phone],
        ).fetchone()
        sent.extend(str(each) for each in found or ())
        return str(found[0]) if found else ""

    return code


def _guess(
    base: str, guesses: int, dice: random.Random, faults: dict[str, list[Any]]
) -> dict[str, float]:
    """
    Try secrets that nobody has: none opens anything, and all are answered alike.

    Half are as long as true ones, and are answered in the time of the others.
    """
    browser, seen = Browser(base), Counter[tuple[int, str]]()
    late: dict[bool, list[float]] = {True: [], False: []}
    for number in range(guesses):
        alike = bool(number % 2)
        length = 22 if alike else dice.randint(1, 60)
        secret = "".join(dice.choices(_ALPHABET, k=length))
        began = time.perf_counter()
        status = browser.open(f"/a/{secret}")
        late[alike].append(time.perf_counter() - began)
        seen[status, browser.page.replace(f"/a/{secret}", "")] += 1
    faults["a guess that opened"] = [status for status, _ in seen if status != 404]
    faults["answers unlike others"] = [n for n in seen.values() if n < guesses]
    ratio = statistics.median(late[True]) / statistics.median(late[False])
    faults["time by form"] = [] if 1 / _ALIKE < ratio < _ALIKE else [round(ratio, 2)]
    return {"guesses": guesses, "time by form": round(ratio, 2)}


def _wait_until(ours: House, moment: datetime) -> None:
    time.sleep(max(0.0, ours.pace.real(moment) - time.time()))


def _count(connection: Connection, what: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {what}").fetchone()  # noqa: S608 - our own words
    return int(found[0]) if found else 0


def main() -> int:
    """Run as the environment says, print the result, and tell it as a status."""
    patients = int(os.environ.get("PATIENTS") or PATIENTS)
    guesses = int(os.environ.get("GUESSES") or GUESSES)
    return tell(
        "rush",
        f"{patients} patients on {PLACES} places",
        lambda seed: run(patients, guesses, seed),
    )


if __name__ == "__main__":
    sys.exit(main())
