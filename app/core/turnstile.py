"""
A turnstile before a process: few requests are worked on at once, the others wait.

Threads share one interpreter. More of them at work get no more done; they take it from
one another at every answer of the database, and their connections push each other out
of the processors' caches. It spares, it does not guard: who has waited long enough goes
in, and who waits for a rival's lock steps aside, so nobody can shut it.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from queue import Empty, SimpleQueue

# One at work, one whose answer the database is about to give.
NEAR = 2
# A database that is a network away takes longer than what is done with its answers.
FAR = 6
PATIENCE_S = 0.2


class Turnstile:
    """Let so many threads work at once; each goes in once and out once."""

    def __init__(self, places: int, patience_s: float = PATIENCE_S) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        self._patience_s = patience_s
        self._mine = threading.local()
        for _ in range(places):
            self._free.put(None)

    @contextmanager
    def within(self) -> Iterator[None]:
        """Wait for a place, as long as patience lasts, and keep it meanwhile."""
        self._mine.kept = self._had(self._patience_s)
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Lend the place of this thread to others while it waits for something else."""
        lent = self._leave()
        try:
            yield
        finally:
            # It may hold what those inside wait for, so it does not wait for them.
            self._mine.kept = lent and self._had(0.0)

    def _had(self, patience_s: float) -> bool:
        try:
            self._free.get(block=patience_s > 0, timeout=patience_s or None)
        except Empty:
            return False
        return True

    def _leave(self) -> bool:
        kept = getattr(self._mine, "kept", False)
        if kept:
            self._mine.kept = False
            self._free.put(None)
        return kept


_turnstile = Turnstile(NEAR)


def use(places: int) -> None:
    """Say at composition how many are worked on at once in this process."""
    global _turnstile  # noqa: PLW0603 - one process, one interpreter
    _turnstile = Turnstile(places)


def within() -> AbstractContextManager[None]:
    """Work on a request within the turnstile of the process."""
    return _turnstile.within()


def aside() -> AbstractContextManager[None]:
    """Wait for a rival without keeping others from working."""
    return _turnstile.aside()
