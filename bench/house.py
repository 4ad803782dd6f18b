"""The house that is measured: servers of its own, and gunicorn as `make run` has it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

import wsgi
from app.cli import gunicorn_settings
from app.core.db import db
from app.core.embedded import servers
from app.core.embedded.home import Home
from app.core.embedded.process import Child, Program
from app.core.settings import PROJECT, Settings
from bench.buyer import Buyer, registered

# Both are PostgreSQL's own defaults; said here, because the figures mean nothing else.
SAFE = {"fsync": "on", "synchronous_commit": "on"}
WORKERS = gunicorn_settings.workers
_READY_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class House:
    """Where the hospital is served, and its settings for who fills its database."""

    settings: Settings
    web: Child
    buyer: Buyer

    @property
    def port(self) -> int:
        return self.settings.port

    def resident_mb(self) -> float:
        """Tell how much memory the larger of the workers keeps."""
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children")
        pids = children.read_text(encoding="ascii").split()
        return max(_resident_kb(int(pid)) for pid in pids) / 1024


@contextmanager
def served(settings: Settings) -> Iterator[House]:
    """
    Start servers on an empty database, bring it to its newest, and serve it.

    The house is in a network whose registry knows one buyer.
    """
    complete = replace(servers.with_urls(settings), port=_free_port())
    home = Home(complete.home)
    with servers.started(settings, SAFE), registered() as buyer:
        _migrate(complete)
        web = Child(_gunicorn(complete, home, buyer.environ(complete.home)))
        try:
            _wait(web, complete.port)
            yield House(complete, web, buyer)
        finally:
            web.stop()


@contextmanager
def filling(house: House) -> Iterator[None]:
    """Let the acts be used from here, as a door does."""
    app = wsgi.create_app(house.settings)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _migrate(settings: Settings) -> None:
    # In a process of its own: Alembic changes logging for whoever runs it.
    subprocess.run(
        [sys.executable, "-m", "wsgi", "migrate"],
        cwd=PROJECT,
        env={**os.environ, **settings.environ()},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _gunicorn(settings: Settings, home: Home, network: dict[str, str]) -> Program:
    return Program(
        name="web",
        argv=[
            *(sys.executable, "-m", "gunicorn"),
            *("--config", "python:app.cli.gunicorn_settings"),
            *("--bind", f"127.0.0.1:{settings.port}", "bench.wsgi:create()"),
        ],
        log=home.logs / "web.log",
        home=home.root,
        environ={**os.environ, **settings.environ(), **network},
        folder=PROJECT,
    )


def _wait(web: Child, port: int) -> None:
    give_up = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < give_up and web.status() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the web did not start: read {web.program.log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(each for each in status.splitlines() if each.startswith("VmRSS:"))
    return int(line.split()[1])
