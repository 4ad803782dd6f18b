"""
Keep what buyers wrote: once, in its order, and not too late.

What is asked at any time is one statement; all else comes one after another under the
lock of its transaction.
"""

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from app.core.constant import Constant
from app.core.db import after_commit, db, table, transaction
from app.core.errors import BusyError
from app.core.holding import hold_all
from beckn import envelopes, owing
from beckn.actions import TIMELESS, Action
from beckn.context import Context
from beckn.door import Network, Sender
from beckn.models import Asked, Received
from beckn.problems import Code, Problem
from beckn.trust.signatures import SKEW, digest

log = logging.getLogger("baari.network")

# Of the headers these alone are kept: they tell who came how, and open nothing.
_KEPT_HEADERS = ("Content-Type", "User-Agent", "Date", "X-Request-Id")


class Letter(Struct, frozen=True):
    """
    A message as it came, who vouches for it, and by what name it is known.

    `began` is when it came by `time.perf_counter`.
    """

    raw: bytes
    sender: Sender
    context: Context
    message: dict[str, Any]
    echoed: dict[str, Any] | None
    name: str
    headers: Mapping[str, str]
    began: float


def keep(network: Network, action: Action, letter: Letter, *, now: datetime) -> bytes:
    """
    Put a message into the inbox, once, and give the answer to it.

    :raises Problem: if it is another one by the same id, stale, or out of order
    """
    if action in TIMELESS:
        return _kept_alone(network, action, letter, now=now)
    context = letter.context
    with transaction():
        # The messages of a transaction come one after another.
        hold_all([owing.lock_of(context.bap_id, context.transaction_id)])
        # Copies of a message that come at once wait for each other here.
        if not _put(action, letter, now=now):
            return _once_more(action, letter, now=now)
        # Whatever is wrong with a new one takes it out again.
        _check_time(network, context, now=now)
        _check_order(letter)
        network.check(action, context, letter.message)
        after_commit(owing.wake)
    return envelopes.ack(letter.echoed)


def _kept_alone(
    network: Network, action: Action, letter: Letter, *, now: datetime
) -> bytes:
    """
    Keep a message that is out of no order: one statement, or a look at its original.

    What is wrong with it is known before, and is told if it is no copy.
    """
    wrong: Problem | None = None
    try:
        _check_time(network, letter.context, now=now)
        network.check(action, letter.context, letter.message)
    except Problem as problem:
        wrong = problem
    if wrong is None:
        with transaction(of_one=True):
            new = _put(action, letter, now=now)
            if new:
                after_commit(owing.wake)
        if new:
            return envelopes.ack(letter.echoed)
    with transaction():
        return _once_more(action, letter, wrong, now=now)


def _once_more(
    action: Action, letter: Letter, wrong: Problem | None = None, *, now: datetime
) -> bytes:
    """
    Answer a copy as its original was, and have what was called back come again.

    :raises Problem: if there is no original, what is wrong with it; or if that is other
    """
    context = letter.context
    known = db.session.scalars(
        select(Received).where(
            Received.bap_id == context.bap_id,
            Received.transaction_id == context.transaction_id,
            Received.message_id == letter.name,
            Received.action == action,
        )
    ).one_or_none()
    if known is None:
        # With nothing wrong it was there a moment ago, and is forgotten by now.
        raise wrong or BusyError
    if known.digest != digest(letter.raw):
        raise Problem(
            Code.INVALID,
            "context.message_id",
            "another message came under this message_id",
        )
    if owing.again(known, now=now):
        after_commit(owing.wake)
    return known.answer


def _check_time(network: Network, context: Context, *, now: datetime) -> None:
    path = "context.timestamp"
    if context.timestamp > now + SKEW:
        raise Problem(Code.INVALID, path, "timestamp lies in the future")
    if context.stale_at < now - SKEW:
        if context.bap_id not in network.undated:
            raise Problem(Code.STALE, path, "the request is stale")
        log.warning(
            "STALENESS IS OFF for %s: taking a message of %s",
            context.bap_id,
            context.timestamp.isoformat(),
        )


def _check_order(letter: Letter) -> None:
    context = letter.context
    later = select(Received.id).where(
        Received.bap_id == context.bap_id,
        Received.transaction_id == context.transaction_id,
        Received.action.not_in(TIMELESS),
        Received.sent_at > context.timestamp,
    )
    if db.session.scalar(later.limit(1)) is not None:
        raise Problem(
            Code.STALE,
            "context.timestamp",
            "a later message of this transaction was taken before",
        )


def _put(action: Action, letter: Letter, *, now: datetime) -> bool:
    """Put a message into the inbox, unless it is there; tell whether it was new."""
    return bool(_PUT.send(_columns(action, letter, now=now)).all())


_TO = table(Received).c
_GIVEN = (
    *(_TO.public_id, _TO.bap_id, _TO.transaction_id, _TO.message_id, _TO.action),
    *(_TO.gateway_id, _TO.key_id, _TO.gateway_key_id, _TO.registered, _TO.digest),
    *(_TO.raw, _TO.headers, _TO.answer, _TO.sent_at, _TO.received_at, _TO.state),
    *(_TO.due_at, _TO.tries, _TO.error, _TO.ack_ms),
)
_PUT = Constant(
    insert(table(Received))
    .values({each: bindparam(each.name, type_=each.type) for each in _GIVEN})
    .on_conflict_do_nothing()
    .returning(_TO.id)
)


def _columns(action: Action, letter: Letter, *, now: datetime) -> dict[str, Any]:
    context, gateway = letter.context, letter.sender.gateway
    return {
        "public_id": uuid4(),
        "bap_id": context.bap_id,
        "transaction_id": context.transaction_id,
        "message_id": letter.name,
        "action": action,
        "gateway_id": "" if gateway is None else gateway.subscriber_id,
        "key_id": letter.sender.bap.key_id,
        "gateway_key_id": None if gateway is None else gateway.key_id,
        "registered": letter.sender.bap.url,
        "digest": digest(letter.raw),
        "raw": letter.raw,
        "headers": {
            name: letter.headers[name][:200]
            for name in _KEPT_HEADERS
            if name in letter.headers
        },
        "answer": envelopes.ack(letter.echoed),
        "sent_at": context.timestamp,
        "received_at": now,
        "state": Asked.WAITING,
        "due_at": now,
        "tries": 0,
        "error": "",
        "ack_ms": round((time.perf_counter() - letter.began) * 1000),
    }
