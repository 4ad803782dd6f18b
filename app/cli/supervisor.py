"""Keep processes running until a signal says stop, then stop them in order."""

import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from app.core.embedded.process import Child, last_words

_LOOK_EVERY_S = 0.1
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
# Whoever ran this long was well; its next end is a new story.
_WELL_AFTER_S = 60.0
_HURRIED_S = 2.0


class Stopped(BaseException):
    """The first signal, wherever it finds us."""


class Signals:
    """The signals that mean stop: the first unwinds what we do, the next hurry it."""

    def __init__(self) -> None:
        self.count = 0

    @property
    def hurry(self) -> bool:
        return self.count > 1

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Raise Stopped inside the block when the first signal comes."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._hear) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.count += 1
        if self.count == 1:
            raise Stopped


class Restarts:
    """Start again what ends, a little later each time it ends soon."""

    def __init__(self, children: Iterable[Child], say: Callable[[str], None]) -> None:
        self._children = list(children)
        self._say = say
        self._pause = dict.fromkeys(self._children, _FIRST_PAUSE_S)
        self._due: dict[Child, float] = {}

    def look(self, now: float) -> None:
        """Notice who ended, and start those whose pause is over."""
        for child in self._children:
            if child in self._due:
                if now >= self._due[child]:
                    del self._due[child]
                    child.restart()
            elif (status := child.status()) is not None:
                self._put_off(child, status, now)

    def _put_off(self, child: Child, status: int, now: float) -> None:
        if now - child.started > _WELL_AFTER_S:
            self._pause[child] = _FIRST_PAUSE_S
        pause = self._pause[child]
        self._pause[child] = min(pause * 2, _LONGEST_PAUSE_S)
        self._due[child] = now + pause
        log = child.program.log
        self._say(
            f"{child.name} ended (status {status}: {last_words(log)[:200]});"
            f" starting it again in {pause:.0f} s, see {log}"
        )


def watch(children: Iterable[Child], say: Callable[[str], None]) -> None:
    """Keep all of them running; only a signal ends this."""
    restarts = Restarts(children, say)
    while True:
        restarts.look(time.monotonic())
        time.sleep(_LOOK_EVERY_S)


def stop_all(children: Sequence[Child], signals: Signals) -> None:
    """Ask all to stop at once and wait; a second signal shortens their time."""
    for child in children:
        child.ask()
    give_up = time.monotonic() + max((c.program.patience for c in children), default=0)
    while time.monotonic() < give_up and not signals.hurry:
        if all(child.status() is not None for child in children):
            break
        time.sleep(0.02)
    # To be asked twice means more to some: an RQ worker then drops its job.
    for child in children:
        child.stop(_HURRIED_S)
