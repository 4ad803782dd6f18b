"""Connections that are kept: known to live before somebody relies on one."""

import time
from typing import Any

import orjson
from psycopg.types.json import set_json_loads
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

# Who used a connection this lately had an answer on it. To ask before every request
# would cost a booking one more way to the server and back.
FRESH_S = 1.0
# One for each thread that serves: what is opened beyond these is closed after use, and
# to open one costs as much as to book.
KEPT = 12
# A command's few for a moment more.
_MORE = 3
_USED = "baari.used"

# Lists come from the server as JSON, hundreds of rows at a time.
set_json_loads(orjson.loads)


def as_json(value: Any) -> str:
    """Write what goes into a JSON column."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def pool() -> dict[str, Any]:
    """Give the engine's options: who was used last is warm, and is used next."""
    return {"pool_size": KEPT, "max_overflow": _MORE, "pool_use_lifo": True}


def watch(engine: Engine) -> None:
    """
    Ask a connection that has rested whether its server is there, and replace it if not.

    A server that restarts within a second of the last answer costs one request, which
    is told to try again.
    """

    @event.listens_for(engine, "connect")
    def _alone(connection: Any, _: ConnectionPoolEntry) -> None:
        # Each request reads a little. Among ten million rows a plan for whomever looks
        # large enough for PostgreSQL to start helpers, which takes twenty times as long
        # as to read; and they would take the processors from other desks.
        connection.autocommit = True
        connection.execute("SET max_parallel_workers_per_gather = 0")
        connection.autocommit = False

    @event.listens_for(engine, "checkin")
    def _used(connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_USED] = time.monotonic()
        # Who read committed each statement by itself; whoever comes next writes.
        if connection is not None and connection.autocommit:
            connection.autocommit = False

    @event.listens_for(engine, "checkout")
    def _lives(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        rested = time.monotonic() - entry.info.get(_USED, time.monotonic())
        if rested < FRESH_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as exc:
            raise DisconnectionError from exc
