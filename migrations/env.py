"""How Alembic reaches the database of the app that runs it."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from app.core.db import db

# A migration that waits long for a lock holds up every booking behind it.
LOCK_TIMEOUT = "10s"


def run() -> None:
    """Run the migrations on a connection of the app's own engine."""
    with current_app.extensions["migrate"].db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            context.run_migrations()


run()
