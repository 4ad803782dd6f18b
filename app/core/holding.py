"""Locks of a transaction, by name: rivals queue fairly in PostgreSQL for their turn."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from app.core import turnstile
from app.core.constant import Constant
from app.core.db import db

# Who waits longer than this is told to try again.
LOCK_TIMEOUT_MS = 10_000


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


def waiting_for(keys: Iterable[str]) -> dict[str, Any]:
    """Give the parameters of a statement that takes locks: in one order, patiently."""
    return {"keys": sorted(set(keys)), "patience": f"{LOCK_TIMEOUT_MS}ms"}


# The locks are taken from rows that the patience is joined to, so it is set before.
_HOLD = Constant(
    text(
        "WITH patience AS MATERIALIZED"
        " (SELECT set_config('lock_timeout', :patience, true))"
        " SELECT count(pg_advisory_xact_lock(hashtextextended(k, 0)))"
        " FROM patience, unnest(CAST(:keys AS text[])) AS k"
    )
)
