"""Registry, gateway and buyer of the demo believe nobody whom they should not."""

import json
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from app.core import clock
from beckn.trust import keys, subscribing
from beckn.trust.registry import Role
from network import buyer as buyers
from network import gateway, messages, pages, registry
from network.buyer import Buyer
from network.messages import Peer
from network.party import LASTS, Party
from network.registry import Roll
from network.serving import served
from network.story import tomorrow
from network.wire import Wire
from tests.beckn.loopback import serving

HOUSE = "clinic.example"
NOBODY = (404, {}, b"")


@contextmanager
def town(answer=lambda *_: NOBODY):
    """Open a network whose house is the test; `answer` is what it says to each post."""
    wire = Wire(lambda _: None)
    roll = Roll(wire)
    with served(registry.create(roll)) as found, serving(answer) as (url, heard):
        passer, us, house = (
            Party(name, role, found)
            for name, role in (
                (gateway.NAME, Role.BG),
                (buyers.NAME, Role.BAP),
                (HOUSE, Role.BPP),
            )
        )
        with served(gateway.create(passer, wire)) as passing:
            buyer = Buyer(us, wire, Peer(gateway.NAME, passing))
            with served(pages.create(buyer)) as page:
                buyer.url = f"{page}/beckn"
                for each, at in ((passer, passing), (us, buyer.url), (house, url)):
                    roll.enter(each.entry(at))
                yield SimpleNamespace(
                    wire=wire,
                    roll=roll,
                    registry=found,
                    gateway=passing,
                    buyer=buyer,
                    us=us,
                    house=house,
                    url=url,
                    heard=heard,
                )


def post(by, url, raw, header=None):
    headers = {"Authorization": header} if header else {}
    return by.post(url, raw, headers, registered=url)


def searched(it):
    deal = it.buyer.begin()
    it.buyer.ask(deal, "search", messages.search(tomorrow()))
    return deal


def called_back(deal, **changed):
    head = {
        "action": "on_search",
        "bpp_id": HOUSE,
        "bpp_uri": "http://127.0.0.1/beckn",
        "transaction_id": deal.transaction,
        "message_id": deal.asked[0].message_id,
    }
    body = {"context": head | changed, "message": {"catalog": {"providers": []}}}
    return json.dumps(body).encode()


class TestRegistry:
    def test_is_asked_by_its_subscribers_alone(self):
        with town() as it:
            asked = json.dumps({"type": "BPP"}).encode()
            at = f"{it.registry}/lookup"

            told = post(it.us, at, asked, it.us.signature(asked))
            strange = Party("ravi.example", Role.BAP, it.registry)
            refused = [
                post(it.us, at, asked),
                post(it.us, at, asked + b" ", it.us.signature(asked)),
                post(it.us, at, asked, strange.signature(asked)),
            ]

        assert [each["subscriber_id"] for each in json.loads(told.body)] == [HOUSE]
        assert [each.status for each in refused] == [401] * 3

    @pytest.mark.parametrize("answer", ["another word", None])
    def test_takes_in_nobody_who_cannot_read_its_word(self, answer):
        said = (200, {}, json.dumps({"answer": answer}).encode()) if answer else NOBODY
        with town(lambda *_: said) as it:
            ring, now = keys.new_ring(now=clock.now()), clock.now()
            (raw,) = subscribing.request(
                ring, subscriber_id="new.example", url=it.url, nonce="n", now=now
            )
            header = ring.headers("new.example", raw, now=now, lasts=LASTS)
            at = f"{it.registry}/subscribe"

            told = post(it.us, at, raw, header["Authorization"])
            forged = [
                post(it.us, at, raw, it.us.signature(raw)),
                post(it.us, at, raw + b" ", header["Authorization"]),
            ]

            assert json.loads(told.body) == {"status": "UNDER_SUBSCRIPTION"}
            assert [each.status for each in forged] == [401] * 2
            wanted = {"subscriber_id": "new.example", "status": "SUBSCRIBED"}
            assert it.roll.like(wanted) == []


class TestGateway:
    def test_passes_the_very_bytes_on_with_both_signatures(self):
        with town(lambda *_: (200, {}, b'{"message":{"ack":{"status":"ACK"}}}')) as it:
            deal = searched(it)
            while not it.heard:
                time.sleep(0.02)
            path, raw, headers = it.heard[0]
            by_buyer = it.house.believe(raw, headers["Authorization"], Role.BAP)
            passed = headers["X-Gateway-Authorization"]
            by_gateway = it.house.believe(raw, passed, Role.BG)

        assert path == "/search"
        assert json.loads(raw)["context"]["transaction_id"] == deal.transaction
        assert by_buyer.subscriber_id == buyers.NAME
        assert by_gateway.subscriber_id == gateway.NAME

    def test_passes_nothing_on_that_is_not_the_buyers_own(self):
        with town() as it:
            raw, houses_own = (
                messages.whole(
                    "search",
                    messages.search(tomorrow()),
                    "t-1",
                    Peer(name, "http://127.0.0.1"),
                    None,
                    clock.now(),
                )[1]
                for name in (buyers.NAME, HOUSE)
            )
            at = f"{it.gateway}/search"

            refused = [
                post(it.us, at, raw),
                post(it.us, at, raw + b" ", it.us.signature(raw)),
                post(it.house, at, raw, it.house.signature(raw)),
                post(it.house, at, houses_own, it.house.signature(houses_own)),
            ]

            assert [each.status for each in refused] == [401] * 4
            assert it.heard == []


class TestBuyer:
    def test_hears_the_house_alone_and_only_of_what_it_began(self):
        with town() as it:
            deal = searched(it)
            at = f"{it.buyer.url}/on_search"
            good = called_back(deal)
            other = called_back(deal, bpp_id="other.example")
            ours = called_back(deal, bpp_id=buyers.NAME)
            unknown = called_back(deal, transaction_id="t-0")

            refused = [
                post(it.house, at, good),
                post(it.house, at, good + b" ", it.house.signature(good)),
                post(it.us, at, ours, it.us.signature(ours)),
                post(it.house, at, other, it.house.signature(other)),
            ]
            strange = post(it.house, at, unknown, it.house.signature(unknown))
            assert deal.heard == []
            taken = post(it.house, at, good, it.house.signature(good))

            assert [each.status for each in refused] == [401] * 4
            assert b'"NACK"' in strange.body
            assert b'"ACK"' in taken.body
            assert [each["context"]["action"] for each in deal.heard] == ["on_search"]

    def test_takes_forms_of_its_own_pages_alone(self):
        with town() as it:
            app = pages.create(it.buyer).test_client()
            form = {"day": tomorrow().isoformat()}

            strange = app.post(
                "/search", data=form, headers={"Origin": "https://ravi.example"}
            )

            assert strange.status_code == 403
            assert app.post("/search", data={"day": "x"}).status_code == 400
            assert app.get("/visit/none").status_code == 404
