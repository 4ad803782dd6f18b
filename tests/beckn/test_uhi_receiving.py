"""The column of UHI in the decision table, each row of it, and the order of asking."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.core.db import db
from beckn import sending, working
from beckn.models import Received
from tests.beckn import buyers, uhi_buyers
from tests.beckn.buyers import BPP_URI, Buyer
from tests.beckn.uhi_buyers import post, raw, signed
from tests.beckn.uhi_buying import DOMAIN, wall
from tests.factories import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

SOON = NOW + timedelta(seconds=1)
LATER = NOW + timedelta(hours=3)
ONE_ID = {"transaction_id": "t-1", "message_id": "t-1"}


@pytest.fixture
def buyer(app):
    buyer = Buyer()
    buyers.use(app, buyer.network(domains=(DOMAIN,)))
    yield buyer
    buyers.use(app, None)


def told(response):
    """Give the status, the number of the error and where it is; "ACK" is no error."""
    error = response.json.get("error", {})
    verdict = response.json["message"]["ack"]["status"]
    assert (verdict == "ACK") == (not error)
    assert "paths" not in error
    return response.status_code, error.get("code", "ACK"), error.get("path", "")


def kept():
    return db.session.scalar(select(func.count()).select_from(Received))


def at(moment, action="init", **changed):
    return raw(action, timestamp=wall(moment), **changed)


class TestSignature:
    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            ({}, "UHI-1401"),
            ({"Authorization": "Signature nonsense"}, "UHI-1408"),
            (buyers.signed(raw()), "UHI-1408"),
            (signed(b"other bytes"), "UHI-1405"),
            (signed(raw(), NOW - timedelta(hours=1)), "UHI-1405"),
            ({**signed(raw()), "X-Gateway-Authorization": "nonsense"}, "UHI-1408"),
        ],
        ids=["none", "unreadable", "core's", "of other bytes", "expired", "gateway's"],
    )
    def test_a_message_nobody_vouches_for_is_not_kept(
        self, app, session, buyer, headers, code
    ):
        answer = post(app, raw(), headers=headers)

        assert told(answer) == (401, code, "")
        of_gateway = "X-Gateway-Authorization" in headers
        name = "Proxy-Authenticate" if of_gateway else "WWW-Authenticate"
        assert answer.headers[name].startswith('Signature realm="bpp.clinic.example"')
        assert kept() == 0

    def test_a_signature_of_uhi_under_a_message_of_core_is_refused(
        self, app, session, buyer
    ):
        sent = buyers.raw()

        answer = buyers.post(app, sent, headers=signed(sent))

        assert answer.status_code == 401
        assert answer.json["error"]["code"] == "30016"

    def test_nobody_speaks_for_another(self, app, session, buyer):
        answer = post(app, raw(), by="other.example.org")

        assert told(answer) == (401, "UHI-1405", "")

    def test_a_gateway_vouches_for_a_search_and_an_order_is_asked_straight(
        self, app, session, buyer
    ):
        sent = raw("search", provider_id=None, provider_uri=None)
        gateway = signed(sent, by="gateway.example.org")["Authorization"]

        through = {**signed(sent), "X-Gateway-Authorization": gateway}
        assert told(post(app, sent, headers=through)) == (200, "ACK", "")

        row = db.session.scalar(select(Received))
        assert row.gateway_id == "gateway.example.org"
        assert told(post(app, raw())) == (200, "ACK", "")


class TestPath:
    def test_a_message_replayed_on_another_path_is_not_believed(
        self, app, session, buyer
    ):
        answer = post(app, raw("init"), to="confirm")

        assert told(answer) == (401, "UHI-1405", "context.action")
        assert kept() == 0

    @pytest.mark.parametrize(
        ("changed", "path"),
        [
            ({"provider_id": "another.example"}, "context.provider_id"),
            ({"provider_uri": "https://another.example"}, "context.provider_uri"),
            ({"consumer_uri": "https://169.254.169.254/x"}, "context.consumer_uri"),
        ],
    )
    def test_both_ends_are_as_the_registry_has_them(
        self, app, session, buyer, changed, path
    ):
        assert told(post(app, raw(**changed))) == (200, "UHI-1404", path)

    def test_a_slash_at_the_end_is_no_difference(self, app, session, buyer):
        assert told(post(app, raw(provider_uri=f"{BPP_URI}/"))) == (200, "ACK", "")

    @pytest.mark.parametrize("action", ["select", "track", "update", "rating"])
    def test_what_uhi_does_not_know_is_refused_at_once(
        self, app, session, buyer, action
    ):
        answer = post(app, raw(action))

        assert told(answer) == (200, "UHI-1404", "context.action")
        assert kept() == 0


class TestDuplicate:
    def test_a_copy_gets_the_stored_answer_and_the_stored_callback(
        self, app, session, buyer
    ):
        sent = raw(**ONE_ID)
        first = post(app, sent)
        assert working.work_one(now=NOW)
        assert sending.send_one(now=NOW)

        second = post(app, sent)
        assert not working.work_one(now=SOON)
        assert sending.send_one(now=SOON)

        assert first.data == second.data
        (url, body, header), (_, again, newly) = buyer.got
        assert (body, buyer.done) == (again, [("init", "t-1")])
        assert header != newly
        assert url.endswith("/on_init")
        assert kept() == 1

    def test_another_message_under_an_id_of_its_own_is_refused(
        self, app, session, buyer
    ):
        post(app, raw())

        answer = post(app, raw(message={"order": {}}))

        assert told(answer) == (200, "UHI-1404", "context.message_id")

    @pytest.mark.parametrize("action", ["search", "init", "status"])
    def test_the_id_of_the_transaction_names_no_message_but_its_bytes_do(
        self, app, session, buyer, action
    ):
        post(app, raw(action, **ONE_ID))

        other = at(SOON, action, message={"order": {}}, **ONE_ID)
        assert told(post(app, other)) == (200, "ACK", "")
        assert kept() == 2
        while working.work_one(now=SOON):
            pass
        assert [told_id for _, told_id in buyer.done] == ["t-1", "t-1"]


class TestStale:
    def test_without_a_ttl_it_is_thirty_seconds_and_none_is_read(
        self, app, session, buyer
    ):
        inside, outside = NOW - timedelta(seconds=35), NOW - timedelta(seconds=36)

        stale = post(app, at(outside, ttl="PT1H"))
        assert told(stale) == (200, "UHI-1404", "context.timestamp")
        assert stale.json["error"]["message"] == "the request is stale"
        assert kept() == 0
        assert told(post(app, at(inside, ttl="soon"))) == (200, "ACK", "")

    def test_the_future_is_refused(self, app, session, buyer):
        inside, outside = NOW + timedelta(seconds=5), NOW + timedelta(seconds=6)

        assert told(post(app, at(outside))) == (200, "UHI-1404", "context.timestamp")
        assert told(post(app, at(inside))) == (200, "ACK", "")

    @pytest.mark.parametrize(
        "written",
        ["2026-03-02T08:30:00.000", "2026-03-02T03:00:00Z", "2026-03-02T08:30+05:30"],
    )
    def test_a_time_without_a_zone_is_indias_and_one_with_it_is_its_own(
        self, app, session, buyer, written
    ):
        assert told(post(app, raw(timestamp=written))) == (200, "ACK", "")

        assert db.session.scalar(select(Received.sent_at)) == NOW


class TestSequence:
    def test_what_is_older_than_the_last_one_is_refused(self, app, session, buyer):
        post(app, raw(**ONE_ID))

        before = NOW - timedelta(seconds=1)
        refused = post(app, at(before, "confirm", **ONE_ID))
        assert told(refused) == (200, "UHI-1404", "context.timestamp")
        assert told(post(app, at(NOW, "confirm", **ONE_ID))) == (200, "ACK", "")

    @pytest.mark.parametrize("action", ["search", "status"])
    def test_a_search_and_a_question_are_out_of_no_order(
        self, app, session, buyer, action
    ):
        post(app, raw(**ONE_ID))

        before = at(NOW - timedelta(seconds=2), action, **ONE_ID)
        assert told(post(app, before)) == (200, "ACK", "")


class TestOrderOfAsking:
    """A message that is wrong in many ways is told the first of them."""

    STALE = NOW - timedelta(hours=2)

    def test_signature_before_path(self, app, session, buyer):
        assert told(post(app, raw(), to="confirm", headers={})) == (401, "UHI-1401", "")

    def test_path_before_duplicate_and_stale(self, app, session, buyer):
        post(app, raw())

        answer = post(app, at(self.STALE), to="confirm")
        assert told(answer) == (401, "UHI-1405", "context.action")

    def test_duplicate_before_stale_and_sequence(self, app, session, buyer):
        first = post(app, raw())
        post(app, at(SOON, message_id="m-2"))

        with time_machine.travel(LATER, tick=False):
            copy = post(app, raw(), now=LATER)
            forged = post(app, raw(message={}), now=LATER)

        assert (copy.status_code, copy.data) == (200, first.data)
        assert told(forged) == (200, "UHI-1404", "context.message_id")

    def test_stale_before_sequence(self, app, session, buyer):
        post(app, raw())

        answer = post(app, at(self.STALE, message_id="m-2"))
        assert answer.json["error"]["message"] == "the request is stale"


class TestBodies:
    @pytest.mark.parametrize(
        "field",
        [
            *("domain", "action", "core_version", "consumer_uri", "provider_id"),
            *("provider_uri", "transaction_id", "message_id", "timestamp"),
        ],
    )
    def test_what_the_network_requires_is_required(self, app, session, buyer, field):
        answer = post(app, raw(**{field: None}), to="init")

        assert told(answer) == (400, "UHI-1404", f"context.{field}")

    def test_a_refusal_is_called_back_in_its_own_numbers(self, app, session, buyer):
        post(app, raw(message={"refuse": 1}))
        assert working.work_one(now=NOW)
        assert sending.send_one(now=NOW)

        (answer,) = buyer.bodies()
        sent = uhi_buyers.body()["context"]
        same = {
            name: sent[name] for name in sent if name not in {"action", "timestamp"}
        }
        assert answer["error"] == {
            "type": "DOMAIN-ERROR",
            "code": "UHI-1403",
            "path": "message.order",
            "message": "it is taken",
        }
        assert answer["context"] == {
            **same,
            "action": "on_init",
            "timestamp": "2026-03-02T03:00:00.000Z",
        }
