"""Take people out of the messages of transactions that are over."""

from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.core.db import db, transaction
from beckn.door import Network
from beckn.models import DUE, Asked, Received, Sent

# Whatever stands under these names is about a patient, or whoever pays for one.
PERSONAL = frozenset(
    {"customer", "billing", "contact", "phone", "email", "callback_phone"}
)
REMOVED = "removed"
_AT_ONCE = 500


def forget(network: Network, *, now: datetime) -> int:
    """
    Remove people from what was said before the days that the network keeps them.

    A transaction is over when nothing of it is to be done or sent, and nothing came or
    went since. Gives the number of messages.
    """
    before = now - timedelta(days=network.kept_days)
    number = 0
    while found := _some(before, now):
        number += found
    return number


def _some(before: datetime, now: datetime) -> int:
    with transaction():
        asked = db.session.scalars(_over(Received, Received.received_at, before)).all()
        sent = db.session.scalars(_over(Sent, Sent.created_at, before)).all()
        for one in asked:
            one.raw = without_people(one.raw)
        for each in sent:
            each.snapshot = _without(each.snapshot)
            each.body = each.body and without_people(each.body)
        for row in (*asked, *sent):
            row.redacted_at = now
        return len(asked) + len(sent)


def _over(model: type[Received] | type[Sent], at: Any, before: datetime) -> Any:
    """Select messages of transactions of which nothing is due, and nothing is newer."""
    came, went = aliased(Received), aliased(Sent)
    live = (
        select(came.id)
        .where(came.bap_id == model.bap_id)
        .where(came.transaction_id == model.transaction_id)
        .where((came.state == Asked.WAITING) | (came.received_at >= before))
    )
    under_way = (
        select(went.id)
        .where(went.bap_id == model.bap_id)
        .where(went.transaction_id == model.transaction_id)
        .where(went.state.in_(DUE) | (went.created_at >= before))
    )
    return (
        select(model)
        .where(at < before, model.redacted_at.is_(None))
        .where(~live.exists(), ~under_way.exists())
        .order_by(model.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )


def without_people(raw: bytes) -> bytes:
    """Give a message with every value about a person replaced."""
    return orjson.dumps(_without(orjson.loads(raw)))


def _without(told: Any, *, personal: bool = False) -> Any:
    if isinstance(told, dict):
        return {
            name: _without(value, personal=personal or name in PERSONAL)
            for name, value in told.items()
        }
    if isinstance(told, list):
        return [_without(value, personal=personal) for value in told]
    return REMOVED if personal and told is not None else told
