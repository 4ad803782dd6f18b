"""How every act on places begins: locks, one transaction, done once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from app.booking import idempotency
from app.booking.views import Once
from app.core import locks
from app.core.actor import Actor
from app.core.db import transaction

# What the lock of a resource is called, before its public id.
PREFIX = "resource:"


def keys_of(resource_ids: Sequence[UUID]) -> list[str]:
    """Name the locks of resources; the names need no look-up before the lock."""
    return [f"{PREFIX}{public_id}" for public_id in resource_ids]


@contextmanager
def acting(
    keys: Sequence[str],
    outcome: UUID,
    *,
    by: Actor,
    now: datetime,
    once: Once | None = None,
) -> Iterator[UUID | None]:
    """
    Hold the locks for one transaction; give what came of the same act before, if any.

    `outcome` is the appointment the act is about, or will make.

    :raises BusyError: if the locks were not had in time
    :raises KeyReusedError: if the idempotency key came before with another body
    """
    with locks.hold(keys), transaction():
        yield idempotency.begin(once, keys, outcome, by=by, now=now)
