"""Acts done once: the same key gives the same answer, whatever the line did."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.booking.errors import KeyReusedError
from app.booking.models import IdempotencyKey
from app.booking.views import Once
from app.core.actor import Actor
from app.core.db import db, table, transaction

# A desk tries again within seconds, a machine within hours.
KEPT = timedelta(days=2)


def begin(once: Once | None, outcome: UUID, *, by: Actor, now: datetime) -> UUID | None:
    """
    Claim the key as the first thing of a transaction, or give what came of it before.

    `outcome` is the appointment the act is about, or will make.

    A rival with the same key waits here until the other's transaction has ended. A
    refused act rolls its key back, so refusals are not kept.

    :raises KeyReusedError: if the key came before with another body
    """
    if once is None:
        return None
    claimed = db.session.scalar(
        _CLAIM,
        {
            "actor": by.key,
            "key": once.key,
            "fingerprint": once.fingerprint,
            "outcome": outcome,
            "created_at": now,
        },
    )
    if claimed is not None:
        return None
    known = db.session.execute(
        select(IdempotencyKey.fingerprint, IdempotencyKey.outcome).where(
            IdempotencyKey.actor == by.key, IdempotencyKey.key == once.key
        )
    ).one()
    if known.fingerprint != once.fingerprint:
        raise KeyReusedError(field="Idempotency-Key", reason="reused")
    was: UUID = known.outcome
    return was


_CLAIM = (
    insert(table(IdempotencyKey))
    .on_conflict_do_nothing(index_elements=["actor", "key"])
    .returning(table(IdempotencyKey).c.id)
)


def redirect(once: Once | None, outcome: UUID, *, by: Actor) -> None:
    """Let a key of this transaction answer with another appointment than it began."""
    if once is not None:
        db.session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.actor == by.key, IdempotencyKey.key == once.key)
            .values(outcome=outcome)
        )


def forget(*, now: datetime) -> int:
    """Remove keys too old for anybody to try again with; tell how many."""
    with transaction() as session:
        gone = session.scalars(
            delete(IdempotencyKey)
            .where(IdempotencyKey.created_at < now - KEPT)
            .returning(IdempotencyKey.id)
        )
        return len(gone.all())
