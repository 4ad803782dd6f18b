"""The file of keys as it is now: whoever has it open reads it anew when it changed."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from app.core.gateways import SettingError
from beckn.trust import keys
from beckn.trust.keys import KeyRing

log = logging.getLogger("baari.network")

# Gives the keys of this house, as they are now.
Ring = Callable[[], KeyRing]


class KeyFile:
    """
    The keys of a file, which another process may change; asked for, they are as it is.

    A file that is gone or cannot be read changes nothing: the keys before it go on.

    :raises SettingError: if it cannot be read to begin with
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._alone = threading.Lock()
        self._seen = self._stamp()
        self._ring = keys.load(path)

    def __call__(self) -> KeyRing:
        stamp = self._stamp()
        if stamp == self._seen:
            return self._ring
        with self._alone:
            if stamp != self._seen:
                # Before it is read: what is written meanwhile is seen next time.
                self._seen = stamp
                self._read()
            return self._ring

    def _read(self) -> None:
        try:
            self._ring = keys.load(self._path)
        except SettingError as exc:
            log.error("the keys stay as they were: %s", exc)  # noqa: TRY400 - no trace of ours
            return
        log.info("the keys were changed, and are read anew")

    def _stamp(self) -> tuple[int, ...]:
        """Tell by little whether it is the same file: it is replaced, never written."""
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return (found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)
