"""One deadline for a whole call: at its end the connection is shut, busy or not."""

import os
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import urllib3


class Deadline:
    """
    So many seconds from when it is entered; a call that is watched ends with them.

    The client library counts each read by itself, so an answer that drips is never
    late for it. Names are not watched: the system asks for them as long as it likes.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._alone = threading.Lock()
        self._held: list[socket.socket] = []
        self._ended = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._alone:
            for each in self._held:
                each.close()
            self._held.clear()

    @property
    def held(self) -> bool:
        """Tell whether there was a connection, with TLS where that is asked for."""
        return bool(self._held)

    @property
    def over(self) -> bool:
        """Tell whether the connection was shut for it."""
        return self._ended

    def at_most(self, seconds: float) -> float:
        """Give these seconds, or what is left if that is less."""
        return max(0.001, min(seconds, self._ends - time.monotonic()))

    def watch(self, pool: urllib3.HTTPConnectionPool) -> None:
        """Have each connection of this pool end in time."""
        kind: Any = pool.ConnectionCls
        deadline = self

        class Watched(kind):  # type: ignore[misc]  # which of two is known here alone
            def connect(self) -> None:
                super().connect()
                deadline._hold(self.sock)

        pool.ConnectionCls = Watched

    def _hold(self, connected: socket.socket) -> None:
        # A second handle: TLS has its own idea of what shutting down is.
        handle = socket.socket(fileno=os.dup(connected.fileno()))
        with self._alone:
            self._held.append(handle)
            if self._ended:
                _shut(handle)

    def _end(self) -> None:
        with self._alone:
            self._ended = True
            for each in self._held:
                _shut(each)


def _shut(handle: socket.socket) -> None:
    # They may have hung up before us.
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
