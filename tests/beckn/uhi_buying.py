"""A buyer of UHI over HTTP, with a registry of its own that knows it by a DER key."""

import json
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

from beckn import composing, door, sending, working
from beckn.settings import NetworkSettings
from beckn.trust import keys
from beckn.trust.curves import Ed25519PrivateKey
from beckn.trust.signatures import Signer, parse_uhi
from drills import registry
from tests.beckn.loopback import serving
from tests.factories import NOW

US, EUA = "hspa.clinic.example", "eua.example.org"
OUR_URL = "http://127.0.0.1:8000/beckn"
DOMAIN = "nic2004:85111"
LASTS = timedelta(seconds=10)
ACK = {"message": {"ack": {"status": "ACK"}}}


@contextmanager
def joined(app, folder, domains=(DOMAIN,)):
    """Join a network of the test's own; what it hears is noted."""
    signer = Signer(EUA, "eua.k1", Ed25519PrivateKey.generate())
    ring = keys.new_ring(now=NOW - timedelta(days=1))
    took = (200, {}, json.dumps(ACK).encode())
    with serving(lambda *_: took) as (uri, heard):
        entry = registry.entry(signer, uri, now=NOW, der=True)
        known = (200, {}, json.dumps([entry]).encode())
        with (
            serving(lambda *_: known) as (asked, lookups),
            serving(lambda *_: (404, {}, b"")) as (of_core, _),
        ):
            found = NetworkSettings(
                subscriber_id=US,
                url=OUR_URL,
                registry=of_core,
                registry_key="",
                keys=folder / "keys.json",
                unsigned=False,
                private=True,
                domains=domains,
                uhi_registry=asked,
            )
            composing.join(app, found, lambda: ring, house="https://opd.example.org")
            yield SimpleNamespace(
                app=app,
                signer=signer,
                uri=uri,
                heard=heard,
                lookups=lookups,
                public=ring.signing[0].private.verify_key,
            )
            door.use(app, None)


class Patient:
    """One transaction of a buyer of UHI; one id is that of each of its messages."""

    def __init__(self, network, place):
        self.network, self.place = network, place
        self.transaction = str(uuid4())

    def context(self, action, now=NOW, **changed):
        written = {
            "domain": DOMAIN,
            "country": "IND",
            "city": "std:080",
            "action": action,
            "core_version": "0.7.1",
            "consumer_id": EUA,
            "consumer_uri": self.network.uri,
            "provider_id": US,
            "provider_uri": OUR_URL,
            "transaction_id": self.transaction,
            "message_id": self.transaction,
            "timestamp": wall(now),
            **changed,
        }
        return {name: value for name, value in written.items() if value is not None}

    def asks(self, action, message, now=NOW, **changed):
        context = self.context(action, now, **changed)
        raw = json.dumps({"context": context, "message": message}).encode()
        header = self.network.signer.uhi_header(raw, now=now, lasts=LASTS)
        return self.network.app.test_client().post(
            f"/beckn/{action}",
            data=raw,
            headers={"Authorization": header},
            content_type="application/json",
        )

    def told(self, action, message, now=NOW, **changed):
        """Ask, let the worker work, and give what came back, signed as UHI signs."""
        answer = self.asks(action, message, now, **changed)
        assert answer.json == ACK, answer.json
        ((path, told),) = self.hears(now)
        assert path == f"/on_{action}"
        return told

    def hears(self, now=NOW):
        """Let the worker work, and give what came, signed as UHI signs."""
        before, found = len(self.network.heard), []
        while working.work_one(now=now) or sending.send_one(now=now):
            pass
        for path, raw, headers in self.network.heard[before:]:
            ours = parse_uhi(headers["Authorization"])
            ours.check(raw, self.network.public, now=now)
            assert ours.expires - ours.created == LASTS.total_seconds()
            body = json.loads(raw)
            assert body["context"]["transaction_id"] == self.transaction
            assert body["context"]["consumer_id"] == EUA
            found.append((path, body.get("message") or body["error"]))
        return found

    def doctors(self, now=NOW, **intent):
        """Ask all providers, as through the gateway, who is there."""
        wanted = {"fulfillment": {"type": "Physical"}} | intent
        nobody = {"provider_id": None, "provider_uri": None}
        told = self.told("search", {"intent": wanted}, now, **nobody)
        return told["catalog"]["providers"]

    def slots(self, provider, doctor, now=NOW):
        """Ask one provider when one of its doctors is free."""
        wanted = {
            "id": provider["id"],
            "fulfillments": [doctor],
            "items": [{"descriptor": {"code": "Consultation"}}],
        }
        told = self.told("search", {"intent": {"provider": wanted}}, now)
        (found,) = told["catalog"]["providers"]
        return found

    def order(self, slot, item, **more):
        person = {"gender": "F", "dayOfBirth": 21, "yearOfBirth": 1990}
        return {
            "provider": {"id": self.place.slug},
            "item": {"id": item},
            "fulfillment": {"id": slot, "type": "Physical"},
            "billing": {
                "name": "Asha Nair",
                "address": {"door": "4", "country": "INDIA", "area_code": "560001"},
                "phone": "9800000000",
            },
            "customer": {"id": "asha.nair90@abdm", "person": person},
            **more,
        }


def wall(moment):
    """Write a moment as the clock on a wall in India tells it."""
    local = moment + timedelta(hours=5, minutes=30)
    return local.replace(tzinfo=None).isoformat()
