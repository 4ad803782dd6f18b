"""Acts done once: the same key gives the same answer, whatever the line did."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text, update

from app.booking.models import IdempotencyKey
from app.booking.views import Once
from app.core import turnstile
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import db, transaction
from app.core.errors import KeyReusedError
from app.core.holding import hold_all, waiting_for

# A desk tries again within seconds, a machine within hours.
KEPT = timedelta(days=2)


def begin(
    once: Once | None, keys: Sequence[str], outcome: UUID, *, by: Actor, now: datetime
) -> UUID | None:
    """
    Claim the key as the first thing of a transaction, then hold the locks; or give what
    came of the key before, and hold none.

    `outcome` is the appointment the act is about, or will make.

    A rival with the same key waits here until the other's transaction has ended. A
    refused act rolls its key back, so refusals are not kept.

    :raises KeyReusedError: if the key came before with another body
    """
    if once is None:
        hold_all(keys)
        return None
    named = waiting_for(keys) | {
        "actor": by.key,
        "key": once.key,
        "fingerprint": once.fingerprint,
        "outcome": outcome,
        "now": now,
    }
    with turnstile.aside():
        mine = _CLAIM.send(named).scalar_one()
    if mine:
        db.session.expire_all()
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


# In this order: how long to wait, then the key, and only for who has it the locks, from
# rows that are joined to it. Nothing was read before that could be older than a lock.
_CLAIM = Constant(
    text(
        """
WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', :patience, true)),
claimed AS (
  INSERT INTO idempotency_keys (actor, key, fingerprint, outcome, created_at)
  SELECT :actor, :key, :fingerprint, :outcome, :now FROM patience
  ON CONFLICT (actor, key) DO NOTHING
  RETURNING id
), held AS (
  SELECT count(pg_advisory_xact_lock(hashtextextended(k, 0)))
  FROM claimed, unnest(CAST(:keys AS text[])) AS k
)
SELECT (SELECT count(*) FROM claimed) = 1 FROM held
"""
    )
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
