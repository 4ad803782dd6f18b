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
_USED = "baari.used"

# Lists come from the server as JSON, hundreds of rows at a time.
set_json_loads(orjson.loads)


def as_json(value: Any) -> str:
    """Write what goes into a JSON column."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def watch(engine: Engine) -> None:
    """
    Ask a connection that has rested whether its server is there, and replace it if not.

    A server that restarts within a second of the last answer costs one request, which
    is told to try again.
    """

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
