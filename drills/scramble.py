"""
The scramble: two buyers' apps, the public page and the desk want the last token.

Run it as `make scramble`, with SECONDS= and SEED= if you like. It ends with status 0
only if each token went to one of the four, all others were told so in the right words,
and what was only held came free in time.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from beckn.dialects.core import CORE
from beckn.dialects.uhi import UHI
from drills import auditor, joined
from drills.results import Result, folder, tell
from drills.rivals import AtTheDesk, OnThePage
from drills.rounds import MOST_ROUNDS, Scramble
from drills.speech import Core, Uhi

SECONDS = 60
# A hold of ten minutes runs out within less than one.
FACTOR = 12.0
LEAST_ROUNDS_PER_SECOND = 0.15
_ENOUGH_FOR_ALL = 20
_SETTLES_WITHIN_S = 30.0
_OWED = """
  SELECT action, state, error FROM beckn_outbox WHERE state <> 'acked'
  UNION ALL SELECT action, state, error FROM beckn_inbox WHERE state <> 'done'
"""
_APPS = {"bap.core.example": CORE, "eua.uhi.example": UHI}


def run(seconds: float, seed: str, *, factor: float = FACTOR) -> Result:
    """Scramble for so long in a house of its own, and judge what came of it."""
    opened = joined.opened
    with (
        folder("scramble") as root,
        opened(root, "drills.scarce", _APPS, factor=factor) as (ours, apps),
        ours.connect() as connection,
    ):
        scene = json.loads(ours.scene.read_text(encoding="utf-8"))
        speaking = list(zip(apps, (Core(), Uhi()), strict=True))
        it = Scramble(ours, scene, speaking, connection, seed)
        it.greet()
        _played(it, time.time() + seconds)
        _settled(it)
        faults = {**it.faults, **_judged(it), **auditor.audit(connection)}
        return Result(it.counts, faults, list(_lacking(it.counts, seconds)))


def _played(it: Scramble, until: float) -> None:
    for number in range(MOST_ROUNDS):
        if time.time() >= until:
            break
        it.play(number)
        it.take_over(wait=False)
    it.take_over(wait=True)


def _settled(it: Scramble) -> None:
    """Wait a while until all that is owed to the apps is through."""
    give_up = time.time() + _SETTLES_WITHIN_S
    while it.connection.execute(_OWED).fetchall() and time.time() < give_up:
        time.sleep(0.1)


def _judged(it: Scramble) -> dict[str, list[Any]]:
    """Compare what was told with what stands; nobody is asked any more."""
    booked = it.connection.execute(
        "SELECT count(*) FROM appointments WHERE status = 'scheduled'"
    ).fetchone()
    now = it.ours.pace.now()
    return {
        "one number, two people": [e for e, times in it.tokens.items() if times > 1],
        "told and not booked": [] if booked == (it.tokens.total(),) else [booked],
        "still held": it.connection.execute(
            "SELECT id FROM appointments"
            " WHERE status = 'held' AND hold_expires_at > %s",
            [now],
        ).fetchall(),
        "owed and not told": it.connection.execute(_OWED).fetchall(),
        "callbacks unproved": [app.name for app, _ in it.apps if app.unproved],
    }


def _lacking(counts: Counter[str], seconds: float) -> Iterator[str]:
    """Say what was done too little to prove anything."""
    if counts["rounds"] < seconds * LEAST_ROUNDS_PER_SECOND:
        yield f"only {counts['rounds']} rounds in {seconds:.0f} s"
    if not counts["left and taken over"]:
        yield "no hold ran out"
    if counts["rounds"] < _ENOUGH_FOR_ALL:
        return
    for door in (*_APPS, OnThePage.door, AtTheDesk.door):
        if not counts[f"won by {door}"]:
            yield f"{door} never won"


def main() -> int:
    """Scramble as the environment says, print the result, and tell it as a status."""
    seconds = float(os.environ.get("SECONDS") or SECONDS)
    return tell(
        "scramble",
        f"four doors for {seconds:.0f} s",
        lambda seed: run(seconds, seed),
    )


if __name__ == "__main__":
    sys.exit(main())
