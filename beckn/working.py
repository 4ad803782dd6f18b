"""
Do what the messages in the inbox ask, and owe the answers, in one transaction each.

A message is counted before it is tried: one that ends the process that tries it must
not be tried for ever. Messages of one transaction are done in their order.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

import orjson
from flask import current_app
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.core.db import after_commit, db, savepoint, transaction
from beckn import door, owing
from beckn.context import Context
from beckn.dialects import spoken
from beckn.door import Network
from beckn.models import Asked, Received
from beckn.problems import Code, Problem

log = logging.getLogger("baari.network")

# Who has counted a try soon locks the row; until then nobody else takes it up.
LEASE = timedelta(seconds=5)
# How long to wait after each fault of ours; after the last there is no other try.
BACK_OFF_S = (1, 5, 30)
MOST_TRIES = len(BACK_OFF_S) + 1
_OUR_FAULT = Problem(Code.INTERNAL, "", "the provider failed; nothing was done")


class Taken(Struct, frozen=True):
    """A message, and which of its tries this is: a later one has it instead."""

    message: int
    tries: int


def work_one(*, now: datetime) -> bool:
    """Deal with the message that waits longest, if any; tell whether there was one."""
    network = door.network_of(current_app)
    if network is None:
        return False
    with transaction():
        asked = _first(now)
        if asked is None:
            return False
        asked.tries, asked.due_at = asked.tries + 1, now + LEASE
        which = Taken(asked.id, asked.tries)
    try:
        with transaction():
            _deal(network, which, now=now)
    except Exception as exc:
        # Whatever it was, somebody waits for an answer.
        log.exception("a message of the network failed")
        with transaction():
            _put_off(which, exc, now=now)
    return True


def _first(now: datetime) -> Received | None:
    """Lock the message that is due longest and has no earlier one before it."""
    earlier = aliased(Received)
    before = select(earlier.id).where(
        earlier.bap_id == Received.bap_id,
        earlier.transaction_id == Received.transaction_id,
        earlier.state == Asked.WAITING,
        earlier.id < Received.id,
    )
    return db.session.scalar(
        select(Received)
        .where(Received.due_at <= now, ~before.exists())
        .order_by(Received.due_at, Received.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _locked(which: Taken) -> Received | None:
    """Lock a message again, unless another has taken it up or done it meanwhile."""
    return db.session.scalar(
        select(Received)
        .where(Received.id == which.message, Received.tries == which.tries)
        .where(Received.state == Asked.WAITING)
        # Waits: who only looked for the first one due has the row for a moment too.
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _deal(network: Network, which: Taken, *, now: datetime) -> None:
    asked = _locked(which)
    if asked is None:
        return
    body = orjson.loads(asked.raw)
    context = spoken.read(body, zone=network.zone)
    if asked.tries > MOST_TRIES:
        asked.error = asked.error or "whoever tried it ended without a word"
        told, state = [_error(context, _OUR_FAULT)], Asked.DEAD
        log.error("gave up a message of the network: %s", asked.public_id)
    else:
        told, state = _done(network, asked, context, body["message"], now=now)
    for each in told:
        owing.answer(network, asked, context, each, now=now)
    asked.state, asked.due_at, asked.done_at = state, None, now
    after_commit(owing.wake)


def _done(
    network: Network,
    asked: Received,
    context: Context,
    message: dict[str, Any],
    *,
    now: datetime,
) -> tuple[list[dict[str, Any]], Asked]:
    """Do it; a refusal undoes what was begun, and is an answer as well."""
    try:
        with savepoint():
            told = network.do(asked.action.value, context, message, now=now)
    except Problem as problem:
        log.info("refused %s: %s", asked.action, problem.code)
        return [_error(context, problem)], Asked.DONE
    answers = [told] if isinstance(told, dict) else list(told)
    if not answers:
        raise ValueError(f"{asked.action} was acknowledged, and is not answered")
    return answers, Asked.DONE


def _error(context: Context, problem: Problem) -> dict[str, Any]:
    return {"error": spoken.DIALECTS[context.wire].error(problem)}


def _put_off(which: Taken, fault: Exception, *, now: datetime) -> None:
    """Have a message tried again, or given up by whoever looks at it next."""
    asked = _locked(which)
    if asked is None:
        return
    # What went wrong, and not with whom: the text of an error may name people.
    asked.error = type(fault).__name__
    wait = BACK_OFF_S[asked.tries - 1] if asked.tries < MOST_TRIES else 0
    asked.due_at = now + timedelta(seconds=wait)
