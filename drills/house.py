"""A whole Baari of the drill's own: servers, two web workers, jobs, a scene."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.core.embedded import postgres, process, redis, servers
from app.core.embedded.home import Home
from app.core.embedded.process import Child, Program
from app.core.settings import PROJECT, Settings
from drills.pace import FACTOR, Pace

# The auditor must know when what was committed.
OPTIONS = {"track_commit_timestamp": "on"}
_READY_WITHIN_S = 90.0


@dataclass(frozen=True)
class House:
    """What runs, where, and how to reach it."""

    home: Home
    settings: Settings
    pace: Pace
    scene: Path
    web: Child
    redis: Child
    environ: Mapping[str, str]

    @property
    def port(self) -> int:
        return self.settings.port

    def start(self, name: str, *words: str) -> Child:
        """Start one more process of the drill; it dies with us."""
        return Child(_program(name, words, self.home, self.environ))

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Connect to the database, as the auditor does."""
        url = postgres.url(self.home).replace("+psycopg", "")
        return psycopg.connect(url, autocommit=True)

    def workers(self) -> list[int]:
        """Give the processes that answer requests."""
        tasks = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children")
        return [int(pid) for pid in tasks.read_text(encoding="ascii").split()]

    def stop_redis(self) -> None:
        """End Redis as an operator would, or a full disk."""
        self.redis.stop()

    def start_redis(self) -> None:
        """Start Redis again and wait until it answers."""
        self.redis.restart()
        give_up = time.monotonic() + _READY_WITHIN_S
        while not redis.answers(self.home) and time.monotonic() < give_up:
            time.sleep(0.05)


@contextmanager
def opened(
    root: Path,
    *,
    sms: str | None = None,
    builder: str = "drills.hospital",
    demo: bool = False,
    factor: float = FACTOR,
    port: int = 0,
    more: Mapping[str, str] | None = None,
) -> Iterator[House]:
    """
    Start everything under an empty folder, and stop it all at the end.

    `builder` is the module that builds the hospital; time goes `factor` times as fast.
    `more` is told to its processes beside the settings.
    """
    home = Home(root)
    home.logs.mkdir(parents=True)
    settings = Settings(
        secret_key="of-a-drill-alone-" * 3,
        home=root,
        port=port or free_port(),
        demo=demo,
        sms=sms,
    )
    with servers.started(settings, OPTIONS) as ours:
        complete = servers.with_urls(settings)
        pace = Pace(time.time(), factor)
        environ = {**os.environ, **complete.environ(), **pace.environ(), **(more or {})}
        scene = _prepare(builder, home, environ)
        words = (
            *("-m", "gunicorn", "--config", "python:app.cli.gunicorn_settings"),
            *("--bind", f"127.0.0.1:{settings.port}", "drills.web:create()"),
        )
        web = Child(_program("web", words, home, environ))
        try:
            wait_until_ready(web, settings.port)
            yield House(home, complete, pace, scene, web, ours[1], environ)
        finally:
            web.stop()


def _prepare(builder: str, home: Home, environ: Mapping[str, str]) -> Path:
    """Build the hospital in a process of its own: it leaves nothing behind in ours."""
    scene = home.root / "scene.json"
    words = ("-m", builder, str(scene))
    building = Child(_program("hospital", words, home, environ))
    status = building.wait(_READY_WITHIN_S)
    building.stop()
    if status != 0:
        log = building.program.log
        raise RuntimeError(f"no hospital: {process.last_words(log)}")
    return scene


def _program(
    name: str, words: tuple[str, ...], home: Home, environ: Mapping[str, str]
) -> Program:
    return Program(
        name=name,
        argv=[sys.executable, *words],
        log=home.logs / f"{name}.log",
        home=home.root,
        environ=environ,
        folder=PROJECT,
        orphaned=signal.SIGKILL,
    )


def wait_until_ready(web: Child, port: int) -> None:
    give_up = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < give_up and web.status() is None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with suppress(OSError, http.client.HTTPException), closing(line):
            line.request("GET", "/readyz")
            if line.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise RuntimeError(f"not ready: {process.last_words(web.program.log)}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
