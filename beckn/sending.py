"""
Send what buyers are owed: claim one, post it, write down what became of it.

The buyer is asked between two transactions. A process that ends while it asks leaves a
message claimed; when its lease is over, the same bytes go again, newly signed.
"""

import logging
import random
from datetime import datetime, timedelta
from http import HTTPStatus

import orjson
from flask import current_app
from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.core.db import db, transaction
from beckn import context as contexts
from beckn import door, envelopes
from beckn.dialects import spoken
from beckn.door import Network, NotDeliveredError
from beckn.envelopes import Verdict
from beckn.models import DUE, Owed, Sent

log = logging.getLogger("baari.network")

# Longer than a buyer is waited for, so that nobody else takes up what is under way.
LEASE = timedelta(seconds=60)
# How long to wait after each failure; after the last there is no other try.
BACK_OFF_S = (2, 10, 30, 120, 600)
MOST_TRIES = len(BACK_OFF_S) + 1
# Buyers that came back at one moment are not asked at one moment.
_JITTER = 0.2
_LONGEST_ERROR = 500


class Claimed(Struct, frozen=True):
    message: int
    url: str
    body: bytes
    registered: str
    tries: int


class Outcome(Struct, frozen=True):
    """What became of a try; `final` if it would be so again."""

    state: Owed | None
    error: str
    final: bool = False


def send_one(*, now: datetime) -> bool:
    """Deal with the message that is due longest, if any; tell whether there was one."""
    network = door.network_of(current_app)
    if network is None:
        return False
    with transaction():
        row = _first(now)
        if row is None:
            return False
        claimed = _claim(row, now)
    if claimed is not None:
        outcome = _asked(network, claimed, now=now)
        with transaction():
            _close(claimed, outcome, now=now)
    return True


def is_next_within(seconds: float, *, now: datetime) -> bool:
    """Tell whether a message whose turn it is becomes due so soon."""
    found = _in_turn().where(Sent.next_at <= now + timedelta(seconds=seconds))
    return db.session.scalar(found.with_only_columns(Sent.id).limit(1)) is not None


def _first(now: datetime) -> Sent | None:
    """Lock the message that is due longest, and whose turn in its transaction it is."""
    return db.session.scalar(
        _in_turn()
        .where(Sent.next_at <= now)
        .order_by(Sent.next_at, Sent.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _in_turn() -> Select[Sent]:
    """Select what waits for no earlier message of its transaction."""
    earlier = aliased(Sent)
    before = select(earlier.id).where(
        earlier.bap_id == Sent.bap_id,
        earlier.transaction_id == Sent.transaction_id,
        earlier.state == Owed.WAITING,
        earlier.sequence < Sent.sequence,
    )
    return select(Sent).where((Sent.state == Owed.AGAIN) | ~before.exists())


def _claim(row: Sent, now: datetime) -> Claimed | None:
    """Take a message on, and fix its bytes if this is the first time."""
    if row.tries >= MOST_TRIES:
        _settle(row, Owed.DEAD, row.error or "the sender ended without a word", now)
        return None
    if row.body is None:
        row.body = _frozen(row, now)
        row.sent_at = now
        if row.late_at is not None and row.late_at < now:
            log.warning("%s goes after its buyer stopped waiting", row.action)
    row.tries, row.next_at = row.tries + 1, now + LEASE
    return Claimed(row.id, row.url, row.body, row.registered, row.tries)


def _frozen(row: Sent, now: datetime) -> bytes:
    told = dict(row.snapshot)
    context = told.pop("context") | {"timestamp": contexts.stamp(now)}
    return orjson.dumps({"context": context, **told})


def _asked(network: Network, claimed: Claimed, *, now: datetime) -> Outcome:
    try:
        outcome = _posted(network, claimed, now=now)
        if outcome is None:
            # Its clock, or our key, has moved: a new signature may do.
            outcome = _posted(network, claimed, now=now)
    except NotDeliveredError as exc:
        return Outcome(None, str(exc), final=exc.final)
    except Exception as exc:
        # It stands in the box; what is wrong with us must not lose it.
        log.exception("posting to %s failed", claimed.url)
        return Outcome(None, type(exc).__name__)
    return outcome or Outcome(None, "401: our signature is not taken", final=True)


def _posted(network: Network, claimed: Claimed, *, now: datetime) -> Outcome | None:
    """Post it, newly signed; None if the signature was not taken."""
    headers = {"Content-Type": "application/json"}
    dialect = spoken.guessed(claimed.body)
    headers |= network.sign(claimed.body, dialect=dialect, now=now)
    reply = network.post(
        claimed.url, claimed.body, headers, registered=claimed.registered
    )
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return None
    verdict, error = envelopes.verdict(reply.body)
    if verdict is Verdict.NACK:
        return Outcome(Owed.REFUSED, error or f"{reply.status}: NACK")
    if verdict is Verdict.ACK and reply.status < HTTPStatus.BAD_REQUEST:
        return Outcome(Owed.ACKED, "")
    return Outcome(None, f"{reply.status} without ACK or NACK")


def _close(claimed: Claimed, outcome: Outcome, *, now: datetime) -> None:
    row = db.session.scalar(
        select(Sent)
        # Whoever comes after its lease is over writes down nothing.
        .where(Sent.id == claimed.message, Sent.tries == claimed.tries)
        .where(Sent.state.in_(DUE))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return
    if outcome.state is not None:
        _settle(row, outcome.state, outcome.error, now)
    elif outcome.final or row.tries >= MOST_TRIES:
        log.error("gave up %s to %s: %s", row.action, row.bap_id, outcome.error)
        _settle(row, Owed.DEAD, outcome.error, now)
    else:
        row.error = outcome.error[:_LONGEST_ERROR]
        # No secret hangs on it.
        jitter = 1 + random.random() * _JITTER  # noqa: S311
        row.next_at = now + timedelta(seconds=BACK_OFF_S[row.tries - 1] * jitter)


def _settle(row: Sent, state: Owed, error: str, now: datetime) -> None:
    row.state, row.next_at, row.error = state, None, error[:_LONGEST_ERROR]
    if state is Owed.ACKED:
        row.acked_at = now
