"""A buyer for tests of the network's pages, and those pages as people read them."""

import html
import re
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from app.core.db import db, transaction
from beckn import forgetting, sending, working
from beckn.door import OwnKey
from beckn.models import Owed, Received, Sent
from beckn.ordering.models import NetworkOrder
from tests.beckn.buyers import ACK, BAP, post, raw
from tests.factories import NOW

NACK = (200, {"message": {"ack": {"status": "NACK"}}, "error": {"code": "20002"}})
YEAR = timedelta(days=365)


def signs_for(span):
    return lambda *, now: OwnKey("k-ours", now + span)


def asks(app, action="select", message=None, **changed):
    assert post(app, raw(action, message, **changed)).json == ACK


def settled(now=NOW):
    """Do all that is due, and send all that is owed."""
    while working.work_one(now=now):
        pass
    while sending.send_one(now=now):
        pass


def dies(app, buyer, **changed):
    """Let the answer to a message die, the buyer being away."""
    buyer.answers = ["timed out"] * sending.MOST_TRIES
    asks(app, **changed)
    for minute in range(30):
        settled(NOW + timedelta(minutes=minute))
    row = db.session.scalar(select(Sent).where(Sent.state == Owed.DEAD))
    assert row is not None
    return row.public_id


def sent():
    return db.session.scalars(select(Sent).order_by(Sent.id)).first()


def came():
    return db.session.scalars(select(Received).order_by(Received.id)).first()


def text(answer):
    """Read a page as people do: words, without tags."""
    assert answer.status_code == 200, answer.text[:2000]
    found = re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[1])
    return re.sub(r"\s+(?=[\s,;.])", "", re.sub(r"\s", " ", html.unescape(found)))


def ordered(world, of="t-1", order="OPD-2026-AAA111"):
    """Let a transaction be the order of a visit of the hospital."""
    with transaction():
        db.session.add(
            NetworkOrder(
                bap_id=BAP,
                transaction_id=of,
                order_id=order,
                appointment_id=world.token.id,
                price=Decimal(300),
                currency="INR",
                asked={"person": None, "billing": None},
                drafted_at=NOW,
                confirmed_at=NOW,
                changed_at=NOW,
                state_at=NOW,
            )
        )


def forget(app):
    later = NOW + timedelta(days=91)
    assert forgetting.forget(app.extensions["beckn"], now=later) == 2
