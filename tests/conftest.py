"""Fixtures for everybody: real servers, an app, and a database that forgets."""

import gc
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as examples
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.accounts import passwords
from app.core.db import db
from tests import borders, scratch, servers
from wsgi import create_app

# Browser tests are left out where there is no browser, but not in CI; races commit.
pytest_plugins = ["tests.chromium", "tests.racing"]

# A machine may be slow; what fails a test must be wrong.
examples.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
examples.load_profile("any machine")


def pytest_configure(config):
    # What is imported stays, and is looked through for garbage a hundred times less.
    gc.set_threshold(20_000, 10, 10)
    scratch.use_memory()
    servers.start_shared()
    # The same passwords, hashed with less work: hundreds of users are made here.
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    assert "m=64," in passwords.hashed("as-in-tests"), "passwords cost their full price"


def pytest_collection_modifyitems(items):
    """Let what takes long begin first, so that no worker is left with it alone."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_unconfigure(config):
    servers.stop_shared()


@pytest.fixture(scope="session")
def worker(worker_id) -> int:
    """Number the workers of this run from 0, so that each has servers of its own."""
    return int(worker_id.removeprefix("gw")) if worker_id != "master" else 0


@pytest.fixture(scope="session")
def app(worker) -> Iterator[Flask]:
    """Give one app on this worker's own database."""
    settings = servers.start_shared().settings(f"baari_test_{worker}", worker + 1)
    app = create_app(settings)
    app.testing = True
    with app.app_context():
        borders.watch(db.engine)
    # As in the web process: half a million things stay, and no test looks at them.
    gc.collect()
    gc.freeze()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def engine(app) -> Engine:
    """Give the engine of the database that a test begins with."""
    with app.app_context():
        return db.engine


@pytest.fixture
def session(app, engine) -> Iterator[Session]:
    """
    Give a session whose every commit is undone at the end of the test.

    Flask-SQLAlchemy does not bind its session to a connection, so the engine itself is
    swapped for one; commits become savepoints inside its outer transaction.
    """
    with app.app_context(), engine.connect() as connection:
        outer = connection.begin()
        engines = db._app_engines[app]
        others, engines[None] = engines[None], connection
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield db.session
            assert "after_commit" not in db.session.info, "a transaction was left"
        finally:
            db.session.remove()
            db.session.configure(join_transaction_mode="conditional_savepoint")
            engines[None] = others
            outer.rollback()
