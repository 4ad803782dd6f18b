"""
One PostgreSQL and one Redis for a whole test run, however many workers it has.

The pytest process that comes first starts them, and its workers find them through the
environment; each asks for a database of its own, copied from a migrated template.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.core.embedded import postgres, redis, servers
from app.core.embedded.home import Home
from app.core.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent
WHERE = "BAARI_TEST_SERVERS"
TEMPLATE = "baari_template"
SECRET = "for-tests-only-" * 4
# A crash loses the whole test run anyway; and rivals times workers need connections.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Nearly all that tests write is undone. Looked at meanwhile, a table of thousands
    # passes for an empty one, and is read whole for each row.
    "autovacuum": "off",
    "max_connections": "200",
    # The auditor of the race asks when what was committed.
    "track_commit_timestamp": "on",
}

_running = ExitStack()


@dataclass(frozen=True)
class SharedServers:
    home: Home

    def database_url_for(self, name: str, of: str = TEMPLATE) -> str:
        """
        Give a fresh, migrated database of that name; an old one is dropped.

        Or a copy of another, where nobody may be connected meanwhile.
        """
        with self._alone(), self._admin() as admin:
            if not self._exists(admin, TEMPLATE):
                self._make_template(admin)
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{of}"')
        return postgres.url(self.home, name)

    def empty_database_url_for(self, name: str) -> str:
        """Give a database without any table, for tests of migrations."""
        with self._admin() as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return postgres.url(self.home, name)

    def redis_url(self, number: int) -> str:
        """Give one of Redis's sixteen databases."""
        return redis.url(self.home, number)

    def settings(self, database: str, number: int) -> Settings:
        """Give the settings of an app on a fresh database and that Redis database."""
        return Settings(
            database_url=self.database_url_for(database),
            redis_url=self.redis_url(number),
            secret_key=SECRET,
            home=self.home.root,
        )

    def _make_template(self, admin: psycopg.Connection) -> None:
        unfinished = f"{TEMPLATE}_new"
        url = self.empty_database_url_for(unfinished)
        migrate(self.home, url, self.redis_url(0))
        admin.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{TEMPLATE}"')

    def _exists(self, admin: psycopg.Connection, name: str) -> bool:
        found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.home.sockets / "pg"),
            user=postgres.USER,
            dbname="postgres",
            autocommit=True,
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.home.root / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def migrate(home: Home, database_url: str, redis_url: str) -> None:
    """Make all tables in an empty database."""
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": SECRET,
        "BAARI_HOME": str(home.root),
    }
    # In a process of its own: Alembic changes logging for whoever runs it.
    subprocess.run(
        [sys.executable, "-m", "wsgi", "migrate"],
        cwd=PROJECT,
        env=environ,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def start_shared() -> SharedServers:
    """
    Use the servers of this test run, started now if we are the first.

    Call it from the main thread of the process that outlives the others: in
    `pytest_configure`, which runs in the controller before its workers.
    """
    if WHERE in os.environ:
        return SharedServers(Home(Path(os.environ[WHERE])))
    folder = Path(tempfile.mkdtemp(prefix="baari-test-"))
    _running.callback(shutil.rmtree, folder, ignore_errors=True)
    settings = Settings(secret_key=SECRET, home=folder)
    _running.enter_context(servers.started(settings, OPTIONS))
    os.environ[WHERE] = str(folder)
    _running.callback(os.environ.pop, WHERE, None)
    return SharedServers(Home(folder))


def stop_shared() -> None:
    """Stop the servers, if it was this process that started them."""
    _running.close()
