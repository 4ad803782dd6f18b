"""
A turnstile before a process: few requests are worked on at once, the others wait.

Threads share one interpreter. More of them at work get no more done; they take it from
one another at every answer of the database, and their connections push each other out
of the processors' caches. It spares, it does not guard: who takes long loses the place
to the next, and so does, sooner, who waits for a rival, a disk or another house.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from msgspec import Struct

# A place may be kept so long while others wait for it.
LENT_S = 0.05
# And so long by who only waits. Most locks and commits take less: to lend the place at
# each of them, and to go on beside who took it, costs more than they do.
IDLE_S = 0.005
# Two processes serve. Where processors are no more than those, the database works on
# the one that waits for it; else it has its own, and a second request may be begun.
NEAR = 1 if len(os.sched_getaffinity(0)) <= 2 else 2
# A database that is a network away takes longer than what is done with its answers.
FAR = 6


class _Stay(Struct, eq=False):
    """One thread within: since when, whether it keeps a place, since when it waits."""

    since: float
    kept: bool = True
    idle: float | None = None


class Turnstile:
    """Let so many threads work at once; each goes in once and out once."""

    def __init__(
        self, places: int, lent_s: float = LENT_S, idle_s: float = IDLE_S
    ) -> None:
        self._free, self._lent_s, self._idle_s = places, lent_s, idle_s
        self._mine = threading.local()
        # The first came first, within and before.
        self._inside: list[_Stay] = []
        self._line: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def within(self) -> Iterator[None]:
        """Wait in line for a place, or for that of who has kept theirs too long."""
        gate = self._gate()
        if gate is not None:
            while not (gate.acquire(timeout=self._pause(gate)) or self._overtook(gate)):
                continue
        stay = self._mine.stay = _Stay(time.monotonic())
        with self._lock:
            self._inside.append(stay)
        try:
            yield
        finally:
            self._leave(stay)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Wait for something else: where that takes long, the next one may overtake."""
        stay: _Stay | None = getattr(self._mine, "stay", None)
        if stay is None:
            yield
            return
        stay.idle = time.monotonic()
        try:
            yield
        finally:
            # Who lost the place goes on without: others may wait for what it holds.
            stay.idle = None

    def waiting(self) -> int:
        """Tell how many stand in line."""
        with self._lock:
            return len(self._line)

    def _gate(self) -> "threading.Lock | None":
        """Take a place that is free, or give a gate at the end of the line."""
        with self._lock:
            if self._free and not self._line:
                self._free -= 1
                return None
            gate = threading.Lock()
            gate.acquire()
            self._line.append(gate)
            return gate

    def _pause(self, gate: threading.Lock) -> float:
        """Tell when to look again whether somebody is slow: the first looks closely."""
        with self._lock:
            first = bool(self._line) and self._line[0] is gate
        return self._idle_s if first else self._lent_s

    def _overtook(self, gate: threading.Lock) -> bool:
        """Take the place of who is slow, if there is one, and it is one's turn."""
        with self._lock:
            slow = next(filter(self._slow, self._inside), None)
            if slow is None or not self._line or self._line[0] is not gate:
                return False
            slow.kept = False
            self._inside.remove(slow)
            self._line.popleft()
            return True

    def _slow(self, stay: _Stay) -> bool:
        now, idle = time.monotonic(), stay.idle
        waits_long = idle is not None and now - idle > self._idle_s
        return waits_long or now - stay.since > self._lent_s

    def _leave(self, stay: _Stay) -> None:
        with self._lock:
            if not stay.kept:
                return
            stay.kept = False
            self._inside.remove(stay)
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1


_turnstile = Turnstile(NEAR)


def use(places: int) -> None:
    """Say at composition how many are worked on at once in this process."""
    global _turnstile  # noqa: PLW0603 - one process, one interpreter
    _turnstile = Turnstile(places)


def within() -> AbstractContextManager[None]:
    """Work on a request within the turnstile of the process."""
    return _turnstile.within()


def aside() -> AbstractContextManager[None]:
    """Wait for something else without keeping others from working."""
    return _turnstile.aside()
