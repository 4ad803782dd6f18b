"""
The demo network: run it as `make beckn-demo`, or with `--once` to end by itself.

It ends with status 0 only if the story was told to its end and everybody was believed.
"""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beckn.trust.registry import Role
from drills.house import free_port
from drills.results import folder
from network import buyer as buyers
from network import clinic, gateway, house, pages, registry
from network.buyer import Buyer
from network.desk import Desk
from network.house import House
from network.messages import Peer
from network.party import Party
from network.registry import Roll
from network.serving import served
from network.story import FaultError, Story
from network.wire import Line, Wire, short

# As shells tell that it was Ctrl-C.
_INTERRUPTED = 130


@dataclass(frozen=True)
class Scene:
    """The whole network while it runs."""

    wire: Wire
    buyer: Buyer
    house: House
    page: str


def show(line: Line) -> None:
    """Print one message: who to whom, how it was answered, who vouches for it."""
    way = f"{short(line.sender):>8} → {short(line.receiver):<8}"
    keys = " + ".join(_key(each) for each in line.keys)
    proof = f"NOT BELIEVED: {line.flaw}" if line.flaw else f"signed {keys}"
    if not line.keys and not line.flaw:
        proof = "signed by nobody"
    first = f"{line.at:%H:%M:%S} {way} {line.action:<24} {line.answer:<4}"
    print(f"{first} {line.took:>10}  {proof}")
    if line.says:
        print(f"{'':28}{line.says}")
    sys.stdout.flush()


@contextmanager
def opened(root: Path) -> Iterator[Scene]:
    """Start registry, gateway, buyer and house; nobody is in the registry by grace."""
    wire = Wire(show)
    roll = Roll(wire)
    with served(registry.create(roll)) as found:
        passer = Party(gateway.NAME, Role.BG, found)
        us = Party(buyers.NAME, Role.BAP, found)
        with served(gateway.create(passer, wire)) as passing:
            roll.enter(passer.entry(passing))
            buyer = Buyer(us, wire, Peer(gateway.NAME, passing))
            with served(pages.create(buyer)) as page:
                buyer.url = f"{page}/beckn"
                roll.enter(us.entry(buyer.url))
                port = free_port()
                with house.opened(root / "home", port, found, roll.key) as ours:
                    yield Scene(wire, buyer, ours, page)


def joined(scene: Scene) -> None:
    """
    Have the house join by its own commands.

    :raises FaultError: if one of them fails
    """
    for words in (("beckn", "subscribe"), ("beckn", "doctor")):
        _heading(f"baari {' '.join(words)}")
        status, told = scene.house.command(*words)
        print("\n".join(f"    {each}" for each in told))
        if status != 0:
            raise FaultError(f"baari {' '.join(words)} ended with {status}")


def main(given: Sequence[str] | None = None) -> int:
    """Tell the story, and stay until Ctrl-C unless it was asked for once."""
    options = _options(given)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return _run(options)
    except KeyboardInterrupt:
        # All that was opened has been closed on the way here.
        return _INTERRUPTED


def _run(options: Any) -> int:
    with folder("network") as root:
        print("Opening a clinic, a registry, a gateway and a buyer's app …", flush=True)
        with opened(root) as scene:
            story = Story(
                scene.buyer, Desk(scene.house.address, scene.house.desk), _heading
            )
            fault = _told(scene, story)
            if options.record is not None:
                _record(options.record, scene, story, fault)
            _summary(scene, story, fault)
            if not options.once:
                _stay()
    return 1 if fault else 0


def _told(scene: Scene, story: Story) -> str:
    """Tell the story; give what went wrong, if anything did."""
    try:
        joined(scene)
        story.tell()
    except FaultError as exc:
        return str(exc)
    unproved = [each.action for each in scene.wire.lines if not each.verified]
    return f"not believed: {', '.join(unproved)}" if unproved else ""


def _options(given: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(prog="python -m network", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story")
    parser.add_argument("--record", type=Path, help="write all messages to this file")
    return parser.parse_args(given)


def _record(path: Path, scene: Scene, story: Story, fault: str) -> None:
    told = {
        "fault": fault,
        "orders": story.orders,
        "calendar": _calendar(scene, story),
        "page": scene.page,
        "lines": [each.told() for each in scene.wire.lines],
    }
    # Whole or not at all: somebody may be waiting for it.
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def _calendar(scene: Scene, story: Story) -> str:
    return f"{scene.house.address}/calendar/{clinic.SLUG}?day={story.day}"


def _summary(scene: Scene, story: Story, fault: str) -> None:
    lines = scene.wire.lines
    proved = sum(each.verified for each in lines)
    _heading("What came of it")
    print(f"{len(lines)} messages, {proved} of them signed and believed.")
    if fault:
        print(f"The story broke off: {fault}")
        return
    off, stands, paid = story.orders
    print(f"{paid} was paid before, through the buyer's app.")
    print(f"{off} was moved by the desk and called off; {stands} stands:")
    print(f"  the calendar     {_calendar(scene, story)}")
    print(f"                   sign in as {clinic.DESK}, password {clinic.PASSWORD}")
    print(f"  book one more    {scene.page}")


def _stay() -> None:
    print("\nCtrl-C ends all of it, and leaves nothing behind.", flush=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


def _heading(words: str) -> None:
    print(f"\n— {words}", flush=True)


def _key(key: str) -> str:
    name, _, which = key.partition("|")
    return f"{short(name)}/{which[-6:]}"


if __name__ == "__main__":
    sys.exit(main())
