"""
Write down what a buyer is owed, in the transaction of what it tells of.

Messages of one transaction of the network have numbers, and go in their order.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from flask import current_app
from sqlalchemy import func, select, text, update

from app.core.db import after_commit, db, transaction
from app.jobs import nudge
from app.jobs.names import OUTSIDE
from beckn import door
from beckn.actions import Action
from beckn.context import Context
from beckn.dialects import spoken
from beckn.door import Network
from beckn.models import Owed, Received, Sent

# What the job that works through both boxes is called.
JOB = "network"
# What we tell without being asked.
NEWS = frozenset({"on_status", "on_update", "on_cancel"})

_SETTLED = (Owed.ACKED, Owed.REFUSED, Owed.DEAD)
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


class UnknownTransactionError(Exception):
    """No buyer ever wrote of that transaction, or we are in no network."""


class NotAgainError(Exception):
    """It is on its way still, or its people are forgotten."""


def lock_of(bap_id: str, transaction_id: str) -> str:
    """Name the lock under which messages of a transaction come and get numbers."""
    return f"beckn:{bap_id}:{transaction_id}"


def wake() -> None:
    """Have a worker look at the inbox and the outbox."""
    nudge.wake(JOB, OUTSIDE)


def answer(
    network: Network,
    asked: Received,
    context: Context,
    told: dict[str, Any],
    *,
    now: datetime,
) -> None:
    """Owe one answer to a message, by its message_id; `told` is all but context."""
    action, message_id = asked.action.callback, context.message_id
    row = _row(network, asked, context, told, action, message_id, now=now)
    row.asked_id = asked.id
    row.late_at = context.stale_at
    db.session.add(row)
    db.session.flush()


def news(
    bap_id: str,
    transaction_id: str,
    action: str,
    write: Callable[[Context], dict[str, Any]],
    *,
    now: datetime,
) -> None:
    """
    Owe a buyer a message that they did not ask for.

    `write` gives its "message" to who asked so before. To be called within the
    transaction of what it tells of.

    :raises UnknownTransactionError: if that buyer never wrote of it
    """
    if action not in NEWS:
        raise ValueError(f"{action} is told only to who asks")
    network = door.network_of(current_app)
    asked = db.session.scalar(
        select(Received)
        .where(
            Received.bap_id == bap_id,
            Received.transaction_id == transaction_id,
            Received.action != Action.SEARCH,
        )
        .order_by(Received.id.desc())
        .limit(1)
    )
    if network is None or asked is None:
        raise UnknownTransactionError
    # Where the buyer is stays in it when its people are forgotten.
    context = spoken.read(orjson.loads(asked.raw), zone=network.zone)
    told = {"message": write(context)}
    row = _row(network, asked, context, told, action, str(uuid4()), now=now)
    db.session.add(row)
    db.session.flush()
    after_commit(wake)


def came(context: Context, action: Action) -> bool:
    """Tell whether a message of that kind came in the same transaction."""
    found = select(Received.id).where(
        Received.bap_id == context.bap_id,
        Received.transaction_id == context.transaction_id,
        Received.action == action,
    )
    return db.session.scalar(found.limit(1)) is not None


def again(asked: Received, *, now: datetime) -> bool:
    """Send once more what a message was answered with, as far as that is through."""
    return _again(Sent.asked_id == asked.id, now=now) > 0


def resend(message: UUID, *, now: datetime) -> None:
    """
    Send one message once more, the same bytes; dead letters above all.

    :raises NotAgainError: if it is on its way still, or was forgotten
    """
    with transaction():
        if not _again(Sent.public_id == message, now=now):
            raise NotAgainError
        after_commit(wake)


def _again(which: Any, *, now: datetime) -> int:
    found = db.session.execute(
        update(Sent)
        .where(which, Sent.state.in_(_SETTLED), Sent.redacted_at.is_(None))
        .values(state=Owed.AGAIN, tries=0, next_at=now)
        .returning(Sent.id)
    )
    return len(found.all())


def _row(  # noqa: PLR0917 - the parts of one message, in the order they are written
    network: Network,
    asked: Received,
    context: Context,
    told: dict[str, Any],
    action: str,
    message_id: str,
    *,
    now: datetime,
) -> Sent:
    head = spoken.DIALECTS[context.wire].callback(
        context,
        action,
        bpp_id=network.id,
        bpp_uri=network.url,
        message_id=message_id,
    )
    return Sent(
        bap_id=asked.bap_id,
        registered=asked.registered,
        url=f"{context.bap_uri}/{action}",
        transaction_id=asked.transaction_id,
        message_id=message_id,
        action=action,
        sequence=_next(asked.bap_id, asked.transaction_id),
        snapshot={"context": head, **told},
        state=Owed.WAITING,
        next_at=now,
        created_at=now,
    )


def _next(bap_id: str, transaction_id: str) -> int:
    """Draw the next number; who draws another of that transaction waits for our end."""
    db.session.execute(_ALONE, {"key": lock_of(bap_id, transaction_id)})
    last = db.session.scalar(
        select(func.max(Sent.sequence)).where(
            Sent.bap_id == bap_id, Sent.transaction_id == transaction_id
        )
    )
    return (last or 0) + 1
