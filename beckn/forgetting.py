"""Take people out of the messages and orders of transactions that are over."""

from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.booking import queries
from app.booking.states import FREES_PLACE
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from beckn import refused, tallies
from beckn.door import Network
from beckn.models import DUE, Asked, Received, Sent
from beckn.ordering import rows
from beckn.ordering.models import NetworkOrder
from beckn.ordering.rows import REMOVED

# Whatever stands under these names is about a patient or whoever pays for one, or
# opens the form on which they are named; an account that paid is somebody's too.
PERSONAL = frozenset(
    {
        *("customer", "billing", "contact", "phone", "email", "callback_phone"),
        *("xinput", "vpa", "virtual_payment_address", "bank_account_number"),
        *("source_virtual_payment_address", "source_bank_account_number"),
    }
)
_AT_ONCE = 500
_Model = type[Received] | type[Sent] | type[NetworkOrder]


def forget(network: Network, *, now: datetime) -> int:
    """
    Remove people from what was said before the days that the network keeps them.

    A transaction is over when nothing of it is to be done or sent, and nothing came or
    went since; an order, when the visit is as well. What was refused is gone as a
    whole. Gives the number of messages and orders.
    """
    before = now - timedelta(days=network.kept_days)
    number = 0
    while found := _some(before, now):
        number += found
    with transaction():
        refused.forget(before)
        tallies.forget(before)
    return number + _of_orders(before, now)


def _of_orders(before: datetime, now: datetime) -> int:
    number, last = 0, 0
    while True:
        with transaction():
            chosen = _over(NetworkOrder, NetworkOrder.changed_at, before)
            orders = db.session.scalars(chosen.where(NetworkOrder.id > last)).all()
            for order in orders:
                last = order.id
                visit = queries.appointment(order.appointment_id, by=SYSTEM)
                # Who has yet to come is asked for by name.
                if visit.span.end <= now or visit.status in FREES_PLACE:
                    rows.forget(order, now=now)
                    number += 1
        if not orders:
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


def _over(model: _Model, at: Any, before: datetime) -> Any:
    """Select rows of transactions of which nothing is due, and nothing is newer."""
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
