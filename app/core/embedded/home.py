"""Where an installation keeps its things, and who uses them at the moment."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from app.core.settings import SettingError

# The kernel takes 107 bytes for a socket's path; PostgreSQL adds its file's name.
_SOCKET_PATH_LIMIT = 107
_LONGEST_NAME = len("/pg/.s.PGSQL.5432")
# PostgreSQL reads its socket folder as a list parted by commas, and the Redis client
# reads the list of clients as words parted by spaces.
_MISREAD = re.compile(r"""[\s,"=]""")


class Home(Struct, frozen=True):
    """The folders under BAARI_HOME."""

    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def sockets(self) -> Path:
        """Where sockets go: in the home, or a short path where its own would not do."""
        inside = self.root / "run"
        length = len(os.fsencode(inside)) + _LONGEST_NAME
        if length <= _SOCKET_PATH_LIMIT and not _MISREAD.search(str(inside)):
            return inside
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir(), f"baari-{os.geteuid()}-{name}")

    def make_sockets(self) -> Path:
        """
        Make the folder of the sockets.

        :raises SettingError: if somebody else made it in the shared temporary folder
        """
        folder = self.sockets
        folder.mkdir(mode=0o711, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            raise SettingError(
                "BAARI_HOME",
                f"its path does not do for sockets, and {folder} is somebody else's",
                "Set BAARI_HOME to a short path without spaces.",
            )
        return folder

    def forget_sockets(self) -> None:
        """Leave nothing in the shared temporary folder once the servers are down."""
        if self.root not in self.sockets.parents:
            shutil.rmtree(self.sockets, ignore_errors=True)


@contextlib.contextmanager
def owned(home: Home) -> Iterator[bool]:
    """Own the home for the block, if nobody else does; say whether we do."""
    descriptor = os.open(home.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            yield True
    finally:
        os.close(descriptor)


def owner(home: Home) -> str:
    """Tell the process id of whoever owns the home, for a message."""
    try:
        return (home.root / "lock").read_text(encoding="ascii") or "unknown"
    except OSError:
        return "unknown"


class Visit:
    """One use of the home's servers; they are not stopped under a visitor's hands."""

    def __init__(self, home: Home) -> None:
        path = home.root / "visitors"
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def outstay(self) -> None:
        """Wait until every other visitor has left."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def leave(self) -> None:
        os.close(self._descriptor)
