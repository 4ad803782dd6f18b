"""Bring the database to the newest migration, whichever process comes first."""

import contextlib
from collections.abc import Iterator

import flask_migrate
from flask import Flask
from sqlalchemy import text

from app.core.db import db

# Any number of our own; two starts on one database take turns by it.
_LOCK = 0x6261617269


def upgrade(app: Flask) -> None:
    """Run the migrations that are missing, one process at a time."""
    with app.app_context(), _alone():
        flask_migrate.upgrade()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with db.engine.connect() as connection:
        # Of the transaction, not the session: it holds behind a pooler too.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield
