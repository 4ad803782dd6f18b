"""A house that has joined a network, where a buyer was away when it was answered."""

from contextlib import contextmanager

from app.core import clock
from app.core.db import db, transaction
from beckn import context as contexts
from beckn import sending, working
from beckn.door import OwnKey
from beckn.models import Owed, Sent
from beckn.trust.checking import SOON
from tests.beckn import buyers
from tests.beckn.buyers import Buyer, post, raw
from tests.beckn.buying import HOUSE
from tests.beckn.buying import Buyer as Talking


@contextmanager
def joined(app):
    buyer = Buyer()
    buyers.use(app, buyer.network(key=_soon_over))
    try:
        _said(app, buyer)
        yield
    finally:
        buyers.use(app, None)


def form(app):
    """Hold a place for who is not named yet; give where they say who they are."""
    with app.app_context():
        now, buyer = clock.now(), Talking()
        (provider, *_) = buyer.asks("search", now, intent={})[0]["catalog"]["providers"]
        item = provider["items"][0]
        order = {
            "provider": {"id": provider["id"]},
            "items": [{"id": item["id"]}],
            "fulfillments": [{"id": item["fulfillment_ids"][0]}],
        }
        told = buyer.one("init", now, order=order)["order"]
        return told["xinput"]["form"]["url"].removeprefix(HOUSE)


def _said(app, buyer):
    """Let a buyer search and hold a place, and be away when it is answered."""
    with app.app_context():
        now = clock.now()
        for number, action in enumerate(("search", "select", "init")):
            sent = raw(
                action,
                transaction_id=f"{now:%H%M%S%f}-{buyers.BAP}",
                message_id=f"m-{number}",
                timestamp=contexts.stamp(now),
            )
            assert post(app, sent, now=now).json == buyers.ACK
        buyer.now = now
        while working.work_one(now=clock.now()):
            pass
        while sending.send_one(now=clock.now()):
            pass
        with transaction():
            row = db.session.query(Sent).order_by(Sent.id.desc()).first()
            row.state, row.tries = Owed.DEAD, sending.MOST_TRIES
            row.error, row.acked_at = "timed out", None


def _soon_over(*, now):
    return OwnKey("k20260101000000", now + SOON / 2)
