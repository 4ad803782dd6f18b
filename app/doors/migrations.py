"""Bring the database to the newest migration, whichever process comes first."""

import contextlib
from collections.abc import Iterator

import psycopg
from alembic import command
from alembic.util import CommandError
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.core import schema
from app.core.db import db
from app.core.settings import SettingError

# Any number of our own; two starts on one database take turns by it.
_LOCK = 0x6261617269


def know(app: Flask) -> Migrate:
    """Tell Flask-Migrate of an app: only what migrates needs it."""
    return Migrate(app, db, directory=str(schema.FOLDER))


def upgrade(app: Flask) -> None:
    """
    Run the migrations that are missing, one process at a time.

    :raises SettingError: if this database does not let us, or is newer than we are
    """
    migrate = know(app)
    with app.app_context():
        try:
            with _alone():
                # Not flask_migrate.upgrade: it ends the process on an error.
                command.upgrade(migrate.get_config(), "head")
        except ProgrammingError as exc:
            if not isinstance(exc.orig, psycopg.errors.InsufficientPrivilege):
                raise
            raise SettingError(
                "DATABASE_URL",
                f"its user may not make tables there ({exc.orig})",
                "Make that user the owner of the database.",
            ) from exc
        except CommandError as exc:
            raise SettingError(
                "DATABASE_URL",
                f"that database does not fit this version of Baari ({exc})",
                "Start the newer Baari that made it, or use another database.",
            ) from exc


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with db.engine.connect() as connection:
        # Of the transaction, not the session: it holds behind a pooler too.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield
