"""The house as a whole: started, signalled and killed as a person would."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.core.db import db
from app.core.embedded import process
from app.core.embedded.home import Home
from tests import servers
from tests.ops.audited import World

PROJECT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class House:
    """One BAARI_HOME and port, and whatever runs there."""

    home: Path
    port: int
    environ: dict[str, str]
    process: subprocess.Popen | None = None

    def start(self, *words, **environ):
        """Start without waiting, `baari run` unless told otherwise."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wsgi", *(words or ("run",))],
            cwd=PROJECT,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self.process

    def start_and_wait(self, **environ):
        self.start(**environ)
        give_up = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < give_up:
            if self.process.poll() is not None:
                pytest.fail(f"did not start: {self.process.communicate()}")
            with contextlib.suppress(OSError):
                if self.ask("/readyz")[0] == 200:
                    # The welcome comes just after, and with it the watch.
                    self._read_until("Ctrl-C")
                    return
            time.sleep(0.1)
        pytest.fail("was not ready in time")

    def _read_until(self, words):
        for line in self.process.stdout:
            if words in line:
                return

    def ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    def refusal(self, *words, **environ):
        """Start what should refuse; give its status and what it says on stderr."""
        _, told = self.start(*words, **environ).communicate(timeout=STARTS_WITHIN_S)
        return self.process.returncode, told

    def signal(self, number):
        self.process.send_signal(number)

    def stopped(self):
        """Wait for the end of what was started; give its status."""
        self.process.communicate(timeout=STOPS_WITHIN_S)
        return self.process.returncode

    def living(self):
        """List every process this house started that is still there."""
        home = Home(self.home)
        return {
            *process.started_for(self.home),
            *process.at_work_in(home.postgres),
            *process.at_work_in(home.redis),
        }

    def nobody_lives_within(self, seconds):
        give_up = time.monotonic() + seconds
        while (left := self.living()) and time.monotonic() < give_up:
            time.sleep(0.1)
        return not left

    def tear_down(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.communicate(timeout=STOPS_WITHIN_S)
            self.process.kill()
        for pid in self.living():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _house(home, **environ):
    port = free_port()
    inherited = {
        k: v
        for k, v in os.environ.items()
        if k not in {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HOST"}
    }
    # The demo takes its time, and the smoke test of CI starts with it.
    told = {"BAARI_HOME": str(home), "PORT": str(port), "BAARI_DEMO": "0", **environ}
    return House(home, port, {**inherited, **told})


@pytest.fixture
def make_house():
    """Make houses, and leave nothing of them running."""
    made = []

    def make(home, **environ):
        made.append(_house(home, **environ))
        return made[-1]

    yield make
    for house in made:
        house.tear_down()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """Make the home of a house that was migrated and never ran, to be copied."""
    first = _house(tmp_path_factory.mktemp("migrated") / "home")
    try:
        assert first.refusal("migrate")[0] == 0
    finally:
        first.tear_down()
    return first.home


@pytest.fixture
def house(make_house, tmp_path):
    """Give a house that never was."""
    return make_house(tmp_path / "home")


@pytest.fixture
def home_at(migrated):
    """Let a home be somewhere whose tables are there: to make them takes longest."""

    def settle(home):
        shutil.copytree(migrated, home, symlinks=True)
        return home

    return settle


@pytest.fixture
def old_house(house, home_at):
    """Give a house whose tables are there."""
    home_at(house.home)
    return house


@contextlib.contextmanager
def lasting_in(app, url):
    """Let the app keep what it writes in that database."""
    engine = create_engine(url)
    with app.app_context():
        engines = db._app_engines[app]
        others, engines[None] = engines[None], engine
        try:
            yield
        finally:
            db.session.remove()
            engines[None] = others
            engine.dispose()


@pytest.fixture(scope="session")
def first_world(app, worker):
    """Build it once, to be copied: a test would take longest to build its own."""
    name = f"baari_first_{worker}"
    url = servers.start_shared().database_url_for(name)
    with lasting_in(app, url):
        built = World(url)
    return name, built


@pytest.fixture
def world(app, worker, first_world):
    """Give it in a database of its own, whose commits last and which may be broken."""
    name, built = first_world
    url = servers.start_shared().database_url_for(f"baari_auditor_{worker}", of=name)
    with lasting_in(app, url):
        yield built.at(url)
