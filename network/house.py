"""A whole Baari that takes part in the network: servers, web, worker, keys, clinic."""

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.core import clock
from app.core.embedded import process, servers
from app.core.embedded.home import Home
from app.core.embedded.process import Child, Program
from app.core.settings import PROJECT, Settings
from beckn.trust import keys
from drills.house import wait_until_ready

NAME = "clinic.example"
_WITHIN_S = 90.0


@dataclass(frozen=True)
class House:
    """What runs; `environ` is what every program of it is told."""

    home: Home
    settings: Settings
    environ: Mapping[str, str]
    desk: Mapping[str, str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def command(self, *words: str) -> tuple[int, list[str]]:
        """Run `baari` with these words; give its status and what it said."""
        name = "-".join(words)
        running = Child(_program(name, ("-m", "wsgi", *words), self.home, self.environ))
        status = running.wait(_WITHIN_S)
        running.stop()
        told = running.program.log.read_text(encoding="utf-8").splitlines()
        return -1 if status is None else status, told


@contextmanager
def opened(root: Path, port: int, registry: str, registry_key: str) -> Iterator[House]:
    """
    Start a house under an empty folder, and stop all of it at the end.

    It stands in no registry yet. DATABASE_URL and REDIS_URL may name empty servers.
    """
    home = Home(root)
    home.logs.mkdir(parents=True)
    told = {"BAARI_HOME": str(root), "PORT": str(port), "BAARI_DEMO": "1"}
    settings = Settings.from_environ({**_plain(), **told})
    keys.save(keys.new_ring(now=clock.now()), root / "beckn_keys.json")
    with servers.started(settings):
        complete = servers.with_urls(settings)
        environ = {
            **_plain(),
            **complete.environ(),
            "PYTHONUNBUFFERED": "1",
            "BECKN_SUBSCRIBER_ID": NAME,
            "BECKN_URL": f"http://127.0.0.1:{port}/beckn",
            "BECKN_REGISTRY_URL": registry,
            "BECKN_REGISTRY_KEY": registry_key,
            "BECKN_PRIVATE_CALLBACKS": "1",
        }
        with _running(home, environ, port) as web:
            # They start while the clinic is built: nobody asks them for anything yet.
            desk = _built(home, environ)
            wait_until_ready(web, port)
            yield House(home, complete, environ, desk)


def _plain() -> dict[str, str]:
    """Give our own environment without what it says of another network."""
    return {k: v for k, v in os.environ.items() if not k.startswith("BECKN_")}


def _built(home: Home, environ: Mapping[str, str]) -> dict[str, str]:
    scene = home.root / "scene.json"
    words = ("-m", "network.clinic", str(scene))
    building = Child(_program("clinic", words, home, environ))
    status = building.wait(_WITHIN_S)
    building.stop()
    if status != 0:
        why = process.last_words(building.program.log)
        raise RuntimeError(f"no clinic: {why}")
    told: dict[str, str] = json.loads(scene.read_text(encoding="utf-8"))
    return told


@contextmanager
def _running(home: Home, environ: Mapping[str, str], port: int) -> Iterator[Child]:
    words = (
        *("-m", "gunicorn", "--config", "python:app.cli.gunicorn_settings"),
        *("--bind", f"127.0.0.1:{port}", "wsgi:create()"),
    )
    children = [
        Child(_program("web", words, home, environ)),
        Child(_program("worker", ("-m", "wsgi", "worker"), home, environ)),
    ]
    try:
        yield children[0]
    finally:
        for each in children:
            each.ask()
        for each in children:
            each.stop()


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
        orphaned=signal.SIGTERM,
    )
