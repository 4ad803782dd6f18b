"""
A turnstile before a process: few requests are worked on at once, the others wait.

Threads share one interpreter. More of them at work get no more done; they take it from
one another at every answer of the database, and their connections push each other out
of the processors' caches. It spares, it does not guard: who takes long loses the place
to the next, and who waits for a rival, a disk or another house steps aside meanwhile.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue

# A place may be kept so long while others wait for it.
LENT_S = 0.05
# Two processes serve. Where processors are no more than those, the database works on
# the one that waits for it; else it has its own, and a second request may be begun.
NEAR = 1 if len(os.sched_getaffinity(0)) <= 2 else 2
# A database that is a network away takes longer than what is done with its answers.
FAR = 6


@dataclass(slots=True, eq=False)
class _Stay:
    """The time of one thread within: since when, and whether it keeps a place."""

    since: float = 0.0
    kept: bool = False


class Turnstile:
    """Let so many threads work at once; each goes in once and out once."""

    def __init__(self, places: int, lent_s: float = LENT_S) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        self._lent_s = lent_s
        self._mine = threading.local()
        # The first came first.
        self._inside: list[_Stay] = []
        self._lock = threading.Lock()
        for _ in range(places):
            self._free.put(None)

    @contextmanager
    def within(self) -> Iterator[None]:
        """Wait for a place, or for that of who has kept theirs too long."""
        stay = self._mine.stay = _Stay()
        while not (self._freed(self._lent_s) or self._overtaken()):
            continue
        self._keep(stay)
        try:
            yield
        finally:
            self._leave(stay)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Lend the place of this thread to others while it waits for something else."""
        stay: _Stay | None = getattr(self._mine, "stay", None)
        lent = stay is not None and self._leave(stay)
        try:
            yield
        finally:
            # It may hold what those inside wait for, so it does not wait for them.
            if stay is not None and lent and self._freed(0.0):
                self._keep(stay)

    def _freed(self, within_s: float) -> bool:
        try:
            self._free.get(block=within_s > 0, timeout=within_s or None)
        except Empty:
            return False
        return True

    def _overtaken(self) -> bool:
        with self._lock:
            until = time.monotonic() - self._lent_s
            if not self._inside or self._inside[0].since > until:
                return False
            self._inside.pop(0).kept = False
            return True

    def _keep(self, stay: _Stay) -> None:
        with self._lock:
            stay.since, stay.kept = time.monotonic(), True
            self._inside.append(stay)

    def _leave(self, stay: _Stay) -> bool:
        with self._lock:
            if not stay.kept:
                return False
            stay.kept = False
            self._inside = [each for each in self._inside if each is not stay]
        self._free.put(None)
        return True


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
