"""A whole network on loopback: our door, a registry, and a buyer called back."""

import json
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

from app.core import clock
from beckn import composing, context, door, sending, working
from beckn.settings import NetworkSettings
from beckn.trust import keys
from beckn.trust.curves import Ed25519PrivateKey
from beckn.trust.signatures import Signer, parse
from drills import registry
from tests.beckn.loopback import serving
from tests.factories import NOW

US, BAP = "bpp.clinic.example", "bap.example.org"
OUR_URL = "http://127.0.0.1:8000/beckn"
TEN = "2026-03-02T04:30:00Z"
CALLED = {"get_cancellation_reasons": "/cancellation_reasons"}
ACK = {"message": {"ack": {"status": "ACK"}}}
_TOOK = (200, {}, json.dumps(ACK).encode())


@contextmanager
def joined(app, path):
    """
    Join a network whose registry knows one buyer.

    The buyer takes what it is called back with, but for `answers`, which come first.
    """
    signer = Signer(BAP, "k1", Ed25519PrivateKey.generate())
    ring = keys.new_ring(now=NOW - timedelta(days=1))
    answers = []
    with (
        serving(lambda *_: answers.pop(0) if answers else _TOOK) as (bap_uri, heard),
        registry.opened([registry.entry(signer, bap_uri, now=NOW)]) as asked,
    ):
        found = NetworkSettings(
            subscriber_id=US,
            url=OUR_URL,
            registry=asked,
            registry_key="",
            keys=path / "keys.json",
            unsigned=False,
            private=True,
        )
        composing.join(app, found, lambda: ring, house="https://opd.example.org")
        try:
            yield SimpleNamespace(
                app=app,
                signer=signer,
                bap_uri=bap_uri,
                heard=heard,
                answers=answers,
                public=ring.signing[0].private.verify_key,
            )
        finally:
            door.use(app, None)


def drain(network, now=None):
    """Let the worker work; give the callbacks that came, each signed by us."""
    before, now = len(network.heard), now or clock.now()
    while working.work_one(now=now) or sending.send_one(now=now):
        pass
    found = []
    for path, raw, headers in network.heard[before:]:
        parse(headers["Authorization"]).check(raw, network.public, now=now)
        found.append((path, json.loads(raw)))
    return found


class Buyer:
    """One transaction of the buyer: what it asks, and what it is called back."""

    def __init__(self, network):
        self.network, self.transaction = network, str(uuid4())
        # All that was said, both ways: what was asked, and what came back of itself.
        self.said = []

    def asks(self, action, message, *, signed=True):
        now = clock.now()
        head = {
            "domain": "dhp:consultation:0.1.0",
            "action": action,
            "version": "1.1.0",
            "bap_id": BAP,
            "bap_uri": self.network.bap_uri,
            "bpp_id": US,
            "bpp_uri": OUR_URL,
            "transaction_id": self.transaction,
            "message_id": str(uuid4()),
            "timestamp": context.stamp(now),
            "ttl": "PT30S",
        }
        self.said.append({"context": head, "message": message})
        raw = json.dumps(self.said[-1]).encode()
        header = self.network.signer.header(raw, now=now, lasts=timedelta(seconds=30))
        return self.network.app.test_client().post(
            f"/beckn/{action}",
            data=raw,
            headers={"Authorization": header} if signed else {},
            content_type="application/json",
        )

    def told(self, action, message):
        """Ask, and give what came back."""
        assert self.asks(action, message).json == ACK
        found = drain(self.network)
        self.said += [body for _, body in found]
        for path, body in found:
            assert path == CALLED.get(action, f"/on_{action}")
            assert body["context"]["transaction_id"] == self.transaction
        return [body for _, body in found]

    def hears(self):
        """Give what it is told unasked: the action, and the order as it is then."""
        found = drain(self.network)
        self.said += [body for _, body in found]
        return [(path[1:], body["message"]["order"]) for path, body in found]

    def order(self, clinic, fulfilment):
        person = {"name": "Asha Nair", "gender": "F", "age": "P34Y"}
        contact = {"phone": "+919800000000"}
        return {
            "provider": {"id": clinic.place.slug},
            "items": [{"id": clinic.visit.code}],
            "fulfillments": [
                {"id": fulfilment, "customer": {"person": person, "contact": contact}}
            ],
            "billing": {"name": "Asha Nair", **contact},
        }

    def slot(self, clinic, at=TEN):
        """Search, and give the place at a moment."""
        days = self.told("search", {"intent": {"item": {"id": clinic.visit.code}}})
        (provider,) = days[0]["message"]["catalog"]["providers"]
        return next(
            each["id"]
            for each in provider["fulfillments"]
            if each["stops"][0]["time"]["timestamp"] == at
        )

    def books(self, clinic, at=TEN):
        """Give the order of a place from search to confirm."""
        wanted = self.order(clinic, self.slot(clinic, at))
        self.told("select", {"order": wanted})
        self.told("init", {"order": wanted})
        (confirmed,) = self.told("confirm", {"order": wanted})
        return confirmed["message"]["order"]
