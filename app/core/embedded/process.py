"""Processes we start, and those that somebody like us left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from app.core.embedded.account import SELF, Account

_LAUNCHER = Path(__file__).with_name("child.py")
_LOG_LIMIT = 10_000_000
# What a child carries in its environment, so that it can be known again.
MARK = "BAARI_CHILD_OF"


class Program(Struct, frozen=True):
    """What to run, where it writes, and which signals mean stop to it."""

    name: str
    argv: Sequence[str]
    log: Path
    home: Path
    stop: signal.Signals = signal.SIGTERM
    orphaned: signal.Signals = signal.SIGTERM
    patience: float = 15.0
    environ: Mapping[str, str] | None = None
    folder: Path | None = None
    account: Account = SELF


class Child:
    """
    One running program, in a session of its own, that dies when we die.

    Start it from the main thread: the kernel ties it to the thread that made it.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.name = program.name
        self._start()

    def restart(self) -> None:
        """Start it once more; it must have ended."""
        self._start()

    def _start(self) -> None:
        program = self.program
        self.started = time.monotonic()
        account = program.account
        tie = (os.getpid(), int(program.orphaned))
        rights = (account.uid, account.gid, account.capability)
        launcher = [sys.executable, "-I", "-S", str(_LAUNCHER)]
        environ = os.environ if program.environ is None else program.environ
        with _log(program.log) as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs only
                [*launcher, *map(str, (*tie, *rights)), *program.argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=program.folder,
                env={**environ, MARK: str(program.home)},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def status(self) -> int | None:
        """Tell the exit status, or None while it runs."""
        return self._process.poll()

    def wait(self, patience: float) -> int | None:
        """Wait for it to end by itself; None when it takes longer."""
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            return None

    def ask(self) -> None:
        """Ask it to stop, without waiting."""
        if self.status() is None:
            self._process.send_signal(self.program.stop)

    def stop(self, patience: float | None = None) -> None:
        """Ask it to stop, wait, and end it when it does not."""
        self.ask()
        limit = self.program.patience if patience is None else patience
        if self.wait(limit) is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()


def last_words(log: Path) -> str:
    """Give the last line a program wrote that says something."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def started_for(home: Path) -> list[int]:
    """
    Find the processes that some start for this home made, and theirs.

    Servers may overwrite their environment with a title; find them `at_work_in`.
    """
    mark = f"{MARK}={home}".encode()
    return _processes(lambda entry: mark in _environ(entry))


def at_work_in(folder: Path) -> list[int]:
    """Find the processes whose working folder is this one, as a server's data are."""
    return _processes(lambda entry: (entry / "cwd").readlink() == folder.resolve())


def end_all(pids: Iterable[int], how: signal.Signals, *, patience: float) -> list[int]:
    """Ask each to stop and wait; give back those that did not."""
    left = list(pids)
    for pid in left:
        with contextlib.suppress(OSError):
            os.kill(pid, how)
    give_up = time.monotonic() + patience
    while left and time.monotonic() < give_up:
        time.sleep(0.05)
        left = [pid for pid in left if not _is_dead(Path(f"/proc/{pid}"))]
    return left


def _processes(wanted: Callable[[Path], bool]) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        # Processes come and go while we look, and some are not ours to look at.
        with contextlib.suppress(OSError):
            if wanted(entry) and int(entry.name) != os.getpid() and not _is_dead(entry):
                found.append(int(entry.name))
    return found


def _environ(entry: Path) -> list[bytes]:
    return (entry / "environ").read_bytes().split(b"\0")


def _is_dead(entry: Path) -> bool:
    try:
        stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] in {"Z", "X"}


@contextlib.contextmanager
def _log(path: Path) -> Iterator[int]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_name(f"{path.name}.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
