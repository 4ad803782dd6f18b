"""Statements that are the same at every request: put into the driver's words once."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg.rows import RowMaker, namedtuple_row
from sqlalchemy import Connection, Dialect, Executable, any_, bindparam, select
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from app.core.db import db, present

if TYPE_CHECKING:
    _Driver = psycopg.Connection[Any]

Writer = Callable[[Any], Any]

# What a listener for statements is told last: that it was not sent for many rows.
_FOR_MANY = False


def any_of(name: str, kind: Any) -> Any:
    """
    Give whatever is in an array that is sent under a name.

    Its length is hidden from the planner. Where it sees that, a plan for one looks so
    much cheaper than one for any number that it plans anew at every sending.
    """
    array = ARRAY(kind)
    sent = select(bindparam(name, type_=array)).scalar_subquery()
    return any_(cast_to(sent, array))


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
        self._maker: RowMaker[Any] | None = None
        self._names: tuple[str, ...] = ()
        self._fixed: dict[str, Any] = {}
        self._written: dict[str, Writer] = {}

    def send(self, named: Mapping[str, Any]) -> "Answer":
        """
        Send it in the present transaction, with a value for each of its names.

        :raises DBAPIError: as SQLAlchemy would, if the server refuses or is lost
        :raises KeyError: if a value is missing
        """
        connection = present(db.session())
        if not self._sql:
            self._compile(connection.dialect)
        values = {**named, **self._fixed}
        for name, write in self._written.items():
            values[name] = write(values[name])
        in_order = [values[name] for name in self._names]
        return Answer(self._rows(connection, in_order))

    def _rows(self, connection: Connection, values: list[Any]) -> list[Any]:
        driver = cast("_Driver", connection.connection.driver_connection)
        # Where values go is numbered already: the driver need not look for it.
        with psycopg.RawCursor(driver, row_factory=self._row) as cursor:
            # Whoever listens for statements hears of these as well.
            for hear in connection.dispatch.before_cursor_execute:
                hear(connection, cursor, self._sql, values, None, _FOR_MANY)
            try:
                cursor.execute(self._sql, values)
                result = cursor.pgresult
                return cursor.fetchall() if result and result.nfields else []
            except psycopg.Error as exc:
                raise _told(connection, exc, self._sql, values) from exc

    def _row(self, cursor: psycopg.Cursor[Any]) -> RowMaker[Any]:
        """Give what makes its rows, the same each time: names are looked at once."""
        if self._maker is None:
            maker = namedtuple_row(cursor)
            if cursor.description is None:
                return maker
            self._maker = maker
        return self._maker

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
        self._written = {
            name: write
            for name, write in writers.items()
            if name not in given and write is not None
        }
        sql, self._names = _numbered(str(compiled))
        # Last: another thread sends what it finds complete.
        self._sql = sql


def _numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """Number where values go, as PostgreSQL does, and tell their names in order."""
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return "%"
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    return _PLACE.sub(number, sql), tuple(numbers)


# A value's place in the driver's words; a percent sign by itself is written twice.
_PLACE = re.compile(r"%\((?P<name>[^)]+)\)s|%%")


class Answer:
    """The rows that came back, read whole: asked as a result of SQLAlchemy is."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """Give every row."""
        return self._rows

    def one(self) -> Any:
        """
        Give the only row.

        :raises NoResultFound: if there is none
        :raises MultipleResultsFound: if there are several
        """
        row = self.one_or_none()
        if row is None:
            raise NoResultFound("no row was found when one was required")
        return row

    def one_or_none(self) -> Any:
        """
        Give the only row, if there is one.

        :raises MultipleResultsFound: if there are several
        """
        if len(self._rows) > 1:
            raise MultipleResultsFound("several rows were found when one was required")
        return self._rows[0] if self._rows else None

    def scalar_one(self) -> Any:
        """
        Give the first column of the only row.

        :raises NoResultFound: if there is none
        :raises MultipleResultsFound: if there are several
        """
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """Give the first column of every row."""
        return [row[0] for row in self._rows]


def _told(
    connection: Connection, exc: psycopg.Error, sql: str, values: list[Any]
) -> DBAPIError:
    """Make of the driver's error what SQLAlchemy would; a lost connection is let go."""
    dialect, driver = connection.dialect, connection.connection.dbapi_connection
    lost = dialect.is_disconnect(cast("Any", exc), cast("Any", driver), None)
    if lost:
        connection.invalidate(exc)
    error = DBAPIError.instance(
        sql,
        values,
        exc,
        psycopg.Error,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return cast("DBAPIError", error)
