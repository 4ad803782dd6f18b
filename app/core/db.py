"""The database: the base of all models, and what a transaction means."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

import psycopg
from flask_sqlalchemy import SQLAlchemy
from psycopg.pq import TransactionStatus
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    Table,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    SessionTransaction,
    mapped_column,
)

from app.core import turnstile
from app.core.errors import BusyError, DomainError
from app.core.spans import Span

log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class Model(Base):
    """A row with a number of its own; outside, rows go by public ids."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, sort_order=-1)


class SpanType(TypeDecorator[Span]):
    """A Span, kept as a half-open tstzrange."""

    impl = TSTZRANGE
    cache_ok = True

    def process_bind_param(
        self, value: Span | None, dialect: Dialect
    ) -> Range[datetime] | None:
        return None if value is None else Range(value.start, value.end, bounds="[)")

    def process_result_value(self, value: Any, dialect: Dialect) -> Span | None:
        return None if value is None else Span(value.lower, value.upper)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, always handed back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


@contextmanager
def transaction(*, of_one: bool = False) -> Iterator[Session]:
    """
    Commit when the outermost block ends well; roll all of it back when it does not.

    An inner block joins the outer one, so an act may call another freely. Where it is
    `of_one` statement the server begins and ends it with that: two ways there and back
    are saved. A second statement would not be undone with the first.

    :raises BusyError: if a lock was not had in time, or the database chose this
        transaction to give way
    :raises DomainError: for the breach of a constraint that `means` something
    """
    session = db.session()
    if "after_commit" in session.info:
        yield session
        return

    together(session)
    if of_one:
        _commit_each(session.connection(), wanted=True)
    acts: list[Callable[[], None]] = session.info.setdefault("after_commit", [])
    try:
        # To be written to disk takes long, and no processor.
        with turnstile.aside() if of_one else nullcontext():
            yield session
        write_kept()
        with turnstile.aside():
            session.commit()
    except OperationalError as exc:
        session.rollback()
        if isinstance(exc.orig, _GAVE_WAY):
            raise BusyError from exc
        raise
    except IntegrityError as exc:
        session.rollback()
        meant = _MEANT.get(breached(exc) or "")
        if meant is None:
            raise
        raise meant() from exc
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info["after_commit"]
        session.info.pop(_KEPT, None)

    for act in acts:
        _nudge(act)


def _nudge(act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:  # The work is committed; a nudge must not undo it.
        log.exception("after-commit act failed")


def present(session: Session) -> Connection:
    """
    Give the connection of the present transaction, begun if there is none.

    To ask the session takes as long as to send a statement: what it said is kept, for
    that transaction or savepoint alone. It is at its asking that either begins.
    """
    of, kept = session.info.get(_PRESENT, (None, None))
    if of is None or of is not _innermost(session):
        kept = session.connection()
        session.info[_PRESENT] = _innermost(session), kept
    return cast("Connection", kept)


def _innermost(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


_PRESENT = "present"

# What the breach of a constraint means wherever it happens.
_MEANT: dict[str, type[DomainError]] = {}


def means(constraint: str, error: type[DomainError]) -> None:
    """Let the breach of a constraint be this error in every act; at composition."""
    _MEANT[constraint] = error


def is_away(exc: BaseException) -> bool:
    """Say whether an error means that the server cannot be reached, or is stopping."""
    if not isinstance(exc, DBAPIError):
        return False
    state = getattr(exc.orig, "sqlstate", None)
    # Without a state it was never asked; 08 are lost connections, 57P servers that
    # stop or start, 53300 one that takes no more of them.
    told = state is not None and (state[:2] == "08" or state in _STOPPING)
    unasked = state is None and isinstance(exc.orig, psycopg.OperationalError)
    return exc.connection_invalidated or told or unasked


_STOPPING = frozenset({"57P01", "57P02", "57P03", "53300"})

_GAVE_WAY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


def after_commit(act: Callable[[], None]) -> None:
    """Do `act` once the present transaction is committed, and never otherwise."""
    db.session.info["after_commit"].append(act)


def keep(write: Callable[[list[Any]], None], row: Any) -> None:
    """
    Keep a row until the present transaction ends, to be written with its like.

    Without a transaction it is written at once. If a savepoint is undone, so is what
    was kept within it.
    """
    session = db.session()
    if "after_commit" not in session.info:
        write([row])
        return
    session.info.setdefault(_KEPT, {}).setdefault(write, []).append(row)


def kept(write: Callable[[list[Any]], None]) -> list[Any]:
    """Give the rows that wait to be written so, to who writes them with another."""
    waiting: dict[Any, list[Any]] = db.session.info.get(_KEPT, {})
    return waiting.pop(write, [])


def write_kept() -> None:
    """Write all rows that wait: what comes next may ask for them, or be undone."""
    for write, rows in db.session.info.pop(_KEPT, {}).items():
        write(rows)


_KEPT = "kept"


def begin_reading() -> None:
    """
    Let each statement stand by itself until somebody begins to write.

    Reads see what is committed at each statement, in a transaction or not; without one
    they need not go to the server twice more to begin and to end it.
    """
    db.session.info[_READING] = True


def reading(session: Session) -> bool:
    """Say whether only reads are expected, each by itself."""
    return _READING in session.info


def end_reading() -> None:
    """
    End the transaction of who has only read, with a commit.

    There is nothing to commit; but after a rollback the client library forgets every
    plan that the server keeps for it, and the next request plans all over again.
    """
    if db.session.registry.has() and db.session().in_transaction():
        try:
            db.session.commit()
        except OperationalError:
            # All was read before the connection was lost.
            log.warning("the connection was lost after reading", exc_info=True)
            db.session.rollback()


_READING = "reading"


@event.listens_for(db.session, "after_begin")
def _by_itself(session: Session, _: Any, connection: Connection) -> None:
    if reading(session):
        _commit_each(connection, wanted=True)


@event.listens_for(db.session, "before_flush")
def _writes(session: Session, _: Any, __: Any) -> None:
    together(session)


def together(session: Session) -> None:
    """Let all statements from here on be of one transaction, whoever has only read."""
    if session.info.pop(_READING, False) and session.in_transaction():
        _commit_each(session.connection(), wanted=False)


def _commit_each(connection: Connection, *, wanted: bool) -> None:
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    if driver.info.transaction_status is TransactionStatus.IDLE:
        driver.autocommit = wanted


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo only this block when it fails; the transaction around it goes on."""
    write_kept()
    try:
        with db.session.begin_nested():
            yield
    except BaseException:
        db.session.info.pop(_KEPT, None)
        raise


@contextmanager
def constraints(meaning: Mapping[str, DomainError]) -> Iterator[None]:
    """Turn the breach of a named constraint into the error it means."""
    try:
        yield
        db.session.flush()
    except IntegrityError as exc:
        name = breached(exc)
        if name is None or name not in meaning:
            raise
        raise meaning[name] from exc


def breached(exc: IntegrityError) -> str | None:
    """Name the constraint that was broken, when the server told."""
    return (
        exc.orig.diag.constraint_name if isinstance(exc.orig, psycopg.Error) else None
    )


def table(model: type[Base]) -> Table:
    """
    Give the table of a model.

    A statement on it, made once for the module, costs a third of one that is made
    anew on the model: what is sent for every booking is written so.
    """
    return cast("Table", model.__table__)


def choice(kind: type[StrEnum], name: str) -> Enum:
    """Make the column type of a StrEnum: its values as text, held by a check."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=30,
        values_callable=lambda members: [member.value for member in members],
    )
