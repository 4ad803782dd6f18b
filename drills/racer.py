"""One racer: acts by its dice, and at each turn wants what all others want."""

import sys
import time
from pathlib import Path
from random import Random

from drills import acts
from drills.client import Client
from drills.scene import Scene

# At each turn of so many seconds all clients want one and the same place.
_TURN_S = 1.0
_NEAR_S = 0.3


def main(scene: Path, number: int, port: int, seed: str, until: float) -> None:
    """Act by the dice until that real moment; the notes lie beside the scene."""
    told = Scene.from_json(scene.read_text(encoding="utf-8"))
    dice, keys = _dice(seed, number), _dice(seed, f"{number}:keys")
    choices, weights = list(acts.ACTS), list(acts.ACTS.values())
    # Each once, in an order of its own, so that a short race leaves none out.
    first = dice.sample(choices, len(choices))
    with (scene.parent / f"{number}.notes").open("w", encoding="utf-8") as out:
        client = Client(number, told, port, dice, out, keys)
        while time.time() < until:
            left = _TURN_S - time.time() % _TURN_S
            if left < _NEAR_S:
                time.sleep(left)
                _rush(client, _dice(seed, f"turn {time.time() // _TURN_S}"))
            else:
                act = first.pop() if first else dice.choices(choices, weights)[0]
                act(client)
        client.hang_up()


def _rush(client: Client, common: Random) -> None:
    """Want what every client wants at this moment, for the dice are the same."""
    own, client.dice = client.dice, common
    common.choice(_RUSHES)(client)
    client.dice = own


_RUSHES = (acts.book_token, acts.book_timed, acts.want_theatre)


def _dice(seed: str, of: object) -> Random:
    return Random(f"{seed}:{of}")  # noqa: S311 - a drill that can be run again


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        int(sys.argv[2]),
        int(sys.argv[3]),
        sys.argv[4],
        float(sys.argv[5]),
    )
