"""A buyer books through the network: our door, a registry and a buyer over HTTP."""

import base64
import json
import re
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.booking import queries
from app.booking.states import Status
from app.core.actor import SYSTEM
from beckn import composing, door, sending, working
from beckn.settings import NetworkSettings
from beckn.trust import keys
from beckn.trust.signatures import Signer, parse
from tests import factories as make
from tests.beckn.buying import show
from tests.beckn.loopback import serving
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

pytestmark = pytest.mark.time_machine(NOW, tick=False)

US, BAP = "bpp.clinic.example", "bap.example.org"
TEN = "2026-03-02T04:30:00Z"
CALLED = {"get_cancellation_reasons": "/cancellation_reasons"}
ACK = {"message": {"ack": {"status": "ACK"}}}


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=1)
    it.visit = make.kind(minutes=30, price=Decimal(300))
    show(it.place, it.rao)
    return it


@pytest.fixture
def network(app, tmp_path):
    """Join a network of the test's own, whose registry knows one buyer."""
    key = Ed25519PrivateKey.generate()
    ring = keys.new_ring(now=NOW - timedelta(days=1))
    took = (200, {}, json.dumps(ACK).encode())
    with serving(lambda *_: took) as (bap_uri, heard):
        entry = {
            "subscriber_id": BAP,
            "key_id": "k1",
            "url": bap_uri,
            "type": "BAP",
            "status": "SUBSCRIBED",
            "signing_public_key": base64.b64encode(
                key.public_key().public_bytes_raw()
            ).decode(),
            "valid_from": (NOW - timedelta(days=1)).isoformat(),
            "valid_until": (NOW + timedelta(days=1)).isoformat(),
        }
        known = (200, {}, json.dumps([entry]).encode())
        with serving(lambda *_: known) as (registry, _):
            found = NetworkSettings(
                subscriber_id=US,
                url="http://127.0.0.1:8000/beckn",
                registry=registry,
                registry_key="",
                keys=tmp_path / "keys.json",
                unsigned=False,
                private=True,
            )
            composing.join(app, found, ring, house="https://opd.example.org")
            yield SimpleNamespace(
                app=app,
                signer=Signer(BAP, "k1", key),
                bap_uri=bap_uri,
                heard=heard,
                public=ring.signing[0].private.public_key(),
            )
            door.use(app, None)


class Buyer:
    """One transaction of the buyer: what it asks, and what it is called back."""

    def __init__(self, network):
        self.network, self.transaction = network, str(uuid4())

    def asks(self, action, message, *, signed=True):
        context = {
            "domain": "dhp:consultation:0.1.0",
            "action": action,
            "version": "1.1.0",
            "bap_id": BAP,
            "bap_uri": self.network.bap_uri,
            "bpp_id": US,
            "bpp_uri": "http://127.0.0.1:8000/beckn",
            "transaction_id": self.transaction,
            "message_id": str(uuid4()),
            "timestamp": NOW.isoformat(),
            "ttl": "PT30S",
        }
        raw = json.dumps({"context": context, "message": message}).encode()
        header = self.network.signer.header(raw, now=NOW, lasts=timedelta(seconds=30))
        return self.network.app.test_client().post(
            f"/beckn/{action}",
            data=raw,
            headers={"Authorization": header} if signed else {},
            content_type="application/json",
        )

    def told(self, action, message):
        """Ask, let the worker work, and give what came back, each signed by us."""
        before = len(self.network.heard)
        assert self.asks(action, message).json == ACK
        while working.work_one(now=NOW) or sending.send_one(now=NOW):
            pass
        found = []
        for path, raw, headers in self.network.heard[before:]:
            assert path == CALLED.get(action, f"/on_{action}")
            parse(headers["Authorization"]).check(raw, self.network.public, now=NOW)
            body = json.loads(raw)
            assert body["context"]["transaction_id"] == self.transaction
            found.append(body)
        return found

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

    def slot(self, clinic):
        """Search, and give the place at ten."""
        days = self.told("search", {"intent": {"item": {"id": clinic.visit.code}}})
        (provider,) = days[0]["message"]["catalog"]["providers"]
        return next(
            each["id"]
            for each in provider["fulfillments"]
            if each["stops"][0]["time"]["timestamp"] == TEN
        )


def booked(clinic):
    found = queries.appointments(
        clinic.place, make.span(local(0), 24 * 60), by=SYSTEM, limit=100
    )
    return [each for each in found if each.status is not Status.HELD]


def test_from_search_to_a_token_and_off_again(network, clinic):
    buyer = Buyer(network)
    order = buyer.order(clinic, buyer.slot(clinic))

    (selected,) = buyer.told("select", {"order": order})
    assert selected["message"]["order"]["quote"]["price"]["value"] == "300.00"
    (draft,) = buyer.told("init", {"order": order})
    assert clinic.slot(10).taken == 1
    (confirmed,) = buyer.told("confirm", {"order": draft["message"]["order"] | order})

    ordered = confirmed["message"]["order"]
    (visit,) = booked(clinic)
    stop = ordered["fulfillments"][0]["stops"][0]
    assert ordered["status"] == "ACTIVE"
    assert re.fullmatch(r"[A-Z]*-?\d+", stop["authorization"]["token"])
    (asked,) = buyer.told("track", {"order_id": ordered["id"]})
    address = asked["message"]["tracking"]["url"]
    page = network.app.test_client().get(
        address.removeprefix("https://opd.example.org")
    )
    assert page.status_code == 200

    (reasons,) = buyer.told("get_cancellation_reasons", {})
    why = re.search(r'"id": ?"([^"]+)"', json.dumps(reasons["message"]))[1]
    (cancelled,) = buyer.told(
        "cancel", {"order_id": ordered["id"], "cancellation_reason_id": why}
    )
    assert cancelled["message"]["order"]["status"] == "CANCELLED"
    assert clinic.slot(10).taken == 0
    assert [each.id for each in booked(clinic)] == [visit.id]


def test_the_loser_of_the_last_token_is_told_so_by_number(network, clinic):
    first, second = Buyer(network), Buyer(network)
    place = first.slot(clinic)
    first.told("confirm", {"order": first.order(clinic, place)})

    (lost,) = second.told("confirm", {"order": second.order(clinic, place)})

    assert lost["error"]["code"] == "40002"
    assert len(booked(clinic)) == 1


def test_who_signs_nothing_is_told_how_and_nothing_is_kept(network, clinic):
    buyer = Buyer(network)

    answer = buyer.asks("search", {"intent": {}}, signed=False)

    assert answer.status_code == 401
    assert f'realm="{US}"' in answer.headers["WWW-Authenticate"]
    assert not working.work_one(now=NOW)
