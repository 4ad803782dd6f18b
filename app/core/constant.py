"""Statements that are the same at every request: put into the driver's words once."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, Dialect, Executable
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from app.core.db import db

Writer = Callable[[Any], Any]


class Constant:
    """
    A statement of Core or of text, sent with nothing new but its values.

    To find what a statement was compiled to, and to make ready to read any type of
    answer, takes twice as long as to send it: a booking sends ten. What comes back is
    as the driver reads it: numbers, text, UUIDs and JSON, but no enums and no spans.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._sql = ""
        self._fixed: dict[str, Any] = {}
        self._plain: tuple[str, ...] = ()
        self._written: tuple[tuple[str, Writer], ...] = ()

    def send(self, named: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """
        Send it in the present transaction, with a value for each of its names.

        :raises KeyError: if a value is missing
        """
        connection = db.session().connection()
        if not self._sql:
            self._compile(connection.dialect)
        values = self._fixed.copy()
        for name in self._plain:
            values[name] = named[name]
        for name, write in self._written:
            values[name] = write(named[name])
        return connection.exec_driver_sql(self._sql, values)

    def _compile(self, dialect: Dialect) -> None:
        statement = cast("ClauseElement", self._statement)
        compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
        names = compiled.bind_names
        writers = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for bind, name in names.items()
        }
        given = {
            name: bind.value
            for bind, name in names.items()
            if not bind.required and bind.value is not None
        }
        self._fixed = {
            name: value if (write := writers[name]) is None else write(value)
            for name, value in given.items()
        }
        asked = writers.keys() - given.keys()
        self._plain = tuple(name for name in asked if writers[name] is None)
        self._written = tuple(
            (name, write)
            for name, write in writers.items()
            if name in asked and write is not None
        )
        # Last: another thread sends what it finds complete.
        self._sql = str(compiled)
