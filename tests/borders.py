"""
Watches two borders in every SQL the tests cause.

Availability alone names its tables, and who only reads writes and locks nothing.
"""

import re
import sys
from pathlib import Path

from sqlalchemy import Engine, event

import app
from app.core.db import db, reading

TABLES = ("schedules", "availabilities", "availability_exceptions", "maintenances")
ROOM = "availability"
_FLUSH = "sqlalchemy/orm/session.py"
_HOUSE = str(Path(app.__file__).parent)
_NAMES = re.compile(
    rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+\"?({'|'.join(TABLES)})\b", re.IGNORECASE
)


def watch(engine: Engine) -> None:
    """Refuse every statement on availability's tables that another room causes."""
    event.listen(engine, "before_cursor_execute", _look)


_WRITES = re.compile(
    r"\A\s*(?:INSERT|UPDATE|DELETE|SET LOCAL)\b|\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b"
    r"|\b(?:INSERT INTO|DELETE FROM|pg_advisory_xact_lock)\b",
    re.IGNORECASE,
)


def names(statement: str) -> bool:
    """Say whether a statement reads or writes a table of availability."""
    return _NAMES.search(statement) is not None


def cause() -> str | None:
    """
    Name the part of the house that is asking: the innermost one but core.

    Nobody asks in a flush: it writes what was made of the room's own models, which the
    import contracts keep for the room, whenever anybody reads next.
    """
    frame = sys._getframe()
    while frame is not None:
        path = frame.f_code.co_filename
        if path.endswith(_FLUSH) and frame.f_code.co_name == "_flush":
            return None
        if path.startswith(_HOUSE):
            part = path[len(_HOUSE) :].split("/")[1]
            if part != "core":
                return part
        frame = frame.f_back
    return None


def _look(_connection, _cursor, statement, *_):
    if db.session.registry.has() and reading(db.session()):
        assert not _WRITES.search(statement), f"written while reading: {statement}"
    if names(statement):
        asking = cause()
        assert asking in {None, ROOM}, f"{asking} names tables of {ROOM}: {statement}"
