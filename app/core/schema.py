"""Which migration is the newest, told without Alembic: it is slow to load, and big."""

import re
from pathlib import Path

from sqlalchemy import Connection, text

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
_NAMED = re.compile(r'^(down_)?revision: str(?: \| None)? = "(\w+)"$', re.MULTILINE)


def heads(folder: Path = FOLDER) -> set[str]:
    """Give the migrations that no other comes after."""
    found = [
        match.groups()
        for path in (folder / "versions").glob("*.py")
        for match in _NAMED.finditer(path.read_text(encoding="utf-8"))
    ]
    before = {name for down, name in found if down}
    return {name for down, name in found if not down} - before


def at(connection: Connection) -> set[str]:
    """Give the migrations that a database has come to: none if it is empty."""
    there = connection.scalar(text("SELECT to_regclass('alembic_version')"))
    if there is None:
        return set()
    return set(connection.scalars(text("SELECT version_num FROM alembic_version")))
