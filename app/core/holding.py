"""Locks of a transaction, by name: rivals queue fairly in PostgreSQL for their turn."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    true,
)

from app.core import turnstile
from app.core.constant import Constant
from app.core.db import db

# Who waits longer than this is told to try again.
LOCK_TIMEOUT_MS = 10_000
_PATIENCE = (
    select(
        func.set_config(literal_column("'lock_timeout'"), bindparam("patience"), true())
    )
    .cte("patience")
    .prefix_with("MATERIALIZED")
)


def hold_all(keys: Iterable[str]) -> None:
    """
    Make other transactions that hold any of the same keys wait until this one ends.

    All keys are taken at once in one order, so two holders never wait for each other.
    Whatever was read before is forgotten: it may have changed while waiting.

    :raises BusyError: through `transaction`, if the wait was too long
    """
    session = db.session()
    session.flush()
    with turnstile.aside():
        _HOLD.send(waiting_for(keys))
    session.expire_all()


class Found:
    """Locks whose names are found by the statement that takes them: one way less."""

    def __init__(self, ids: Select[UUID], prefix: str) -> None:
        """Find an `id` for each lock; the name of one begins with the prefix."""
        wanted = ids.cte("wanted").prefix_with("MATERIALIZED")
        name: ColumnElement[str] = (
            literal_column(f"'{prefix}'") + cast(wanted.c.id, String)
        ).label("k")
        # As Python sorts: two holders never wait for each other.
        in_order = select(wanted.c.id, name).order_by(name.collate("C")).subquery()
        lock = func.pg_advisory_xact_lock(
            func.hashtextextended(in_order.c.k, literal_column("0"))
        )
        self._take = Constant(
            select(in_order.c.id, lock).join_from(_PATIENCE, in_order, true())
        )

    def hold(self, named: Mapping[str, Any]) -> list[UUID]:
        """
        Hold the locks that are found by these names; give the ids of what is held.

        Whatever was read before is forgotten: it may have changed while waiting, and
        so may what was found.

        :raises BusyError: through `transaction`, if the wait was too long
        """
        session = db.session()
        session.flush()
        with turnstile.aside():
            held = self._take.send({**named, "patience": _patience()}).scalars()
        session.expire_all()
        return held


def waiting_for(keys: Iterable[str]) -> dict[str, Any]:
    """Give the parameters of a statement that takes locks: in one order, patiently."""
    return {"keys": sorted(set(keys)), "patience": _patience()}


def _patience() -> str:
    return f"{LOCK_TIMEOUT_MS}ms"


# The locks are taken from rows that the patience is joined to, so it is set before.
_HOLD = Constant(
    text(
        "WITH patience AS MATERIALIZED"
        " (SELECT set_config('lock_timeout', :patience, true))"
        " SELECT count(pg_advisory_xact_lock(hashtextextended(k, 0)))"
        " FROM patience, unnest(CAST(:keys AS text[])) AS k"
    )
)
