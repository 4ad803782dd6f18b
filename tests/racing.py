"""Rivals with real commits, and what they race on: shared by all tests of races."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.core import locks
from app.core.db import db
from app.core.embedded import redis
from app.core.embedded.home import Home
from app.core.errors import DomainError
from tests import servers

# No race has more rivals than this.
MOST = 40


@pytest.fixture(scope="module")
def lasting(worker):
    """Give a database whose commits last, for this module alone."""
    shared = servers.start_shared()
    return shared.database_url_for(f"baari_race_{worker}")


@pytest.fixture
def hospital(app, lasting):
    """Let every thread of the app have a connection to that database."""
    engine = create_engine(lasting, pool_size=MOST + 2, max_overflow=0)
    with app.app_context():
        engines = db._app_engines[app]
        others, engines[None] = engines[None], engine
        before = deadlocks(lasting)
        try:
            yield app
        finally:
            db.session.remove()
            engines[None] = others
            engine.dispose()
            locks.use(app.extensions["baari.settings"].redis_url)
    assert deadlocks(lasting) == before


@pytest.fixture(params=["up", "stopped", "hung"])
def redis_is(request, hospital, tmp_path_factory):
    """Lock with a Redis of our own that is up, has gone, or does not answer."""
    home = Home(tmp_path_factory.mktemp("redis"))
    home.logs.mkdir()
    server = redis.start(home)
    try:
        locks.use(redis.url(home))
        if request.param == "stopped":
            server.stop()
        if request.param == "hung":
            os.kill(server.pid, signal.SIGSTOP)
        yield request.param
    finally:
        if request.param == "hung":
            os.kill(server.pid, signal.SIGCONT)
        server.stop()


def deadlocks(url):
    """Count the deadlocks of a database, once its sessions have told all of theirs."""
    told = make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(
        told.render_as_string(hide_password=False), autocommit=True
    ) as admin:
        name = make_url(url).database
        for _ in range(200):
            left = admin.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]
            ).fetchone()
            if left == (0,):
                break
            admin.execute("SELECT pg_sleep(0.05)")
        return admin.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = %s", [name]
        ).fetchone()


def race(app, attempts):
    """Let all attempts begin at one moment; give what each came to."""
    start = Barrier(len(attempts))

    def run(attempt):
        with app.app_context():
            # Every rival has its connection before the first of them begins.
            db.session.execute(text("SELECT 1"))
            db.session.rollback()
            start.wait(timeout=60)
            try:
                return attempt()
            except DomainError as refused:
                return refused.code

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(run, attempts))
