"""Each row of the decision table, and that a copy of a message is the same message."""

import logging
from datetime import timedelta

import pytest
import time_machine
from msgspec.structs import replace
from sqlalchemy import func, select

from app.core.db import db
from app.jobs.names import OUTSIDE
from beckn import context, owing, sending, working
from beckn.models import Owed, Received, Sent
from tests.beckn import buyers
from tests.beckn.buyers import BAP, BPP_URI, Buyer, post, raw, signed
from tests.factories import NOW
from tests.racing import race

pytestmark = pytest.mark.time_machine(NOW, tick=False)

SOON = NOW + timedelta(seconds=1)
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def buyer(app):
    buyer = Buyer()
    buyers.use(app, buyer.network())
    yield buyer
    buyers.use(app, None)


def told(response):
    """Give the status, the number of the error and where it is; "ACK" is no error."""
    error = response.json.get("error", {})
    verdict = response.json["message"]["ack"]["status"]
    assert (verdict == "ACK") == (not error)
    return response.status_code, error.get("code", "ACK"), error.get("paths", "")


def kept():
    return db.session.scalar(select(func.count()).select_from(Received))


def at(moment, **changed):
    return raw(timestamp=context.stamp(moment), **changed)


class TestSignature:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Authorization": "Signature nonsense"},
            signed(b"other bytes"),
            signed(raw(), NOW - timedelta(hours=1)),
            {**signed(raw()), "X-Gateway-Authorization": "Signature nonsense"},
        ],
        ids=["none", "unreadable", "of other bytes", "expired", "gateway's is not"],
    )
    def test_a_message_nobody_vouches_for_is_not_kept(
        self, app, session, buyer, headers
    ):
        answer = post(app, raw(), headers=headers)

        asks = (
            'Signature realm="bpp.clinic.example",headers="(created) (expires) digest"'
        )
        assert told(answer) == (401, "30016", "")
        of_gateway = len(headers) == 2
        name = "Proxy-Authenticate" if of_gateway else "WWW-Authenticate"
        assert answer.headers[name] == asks
        assert kept() == 0

    def test_nobody_speaks_for_another(self, app, session, buyer):
        answer = post(app, raw(), by="other.example.org")

        assert told(answer) == (401, "30016", "")

    def test_nobody_speaks_in_a_domain_they_are_not_registered_for(
        self, app, session, buyer
    ):
        for by, name in (
            (BAP, "WWW-Authenticate"),
            ("gateway.example.org", "Proxy-Authenticate"),
        ):
            sent = raw("search", domain=buyers.UNREGISTERED[by])
            gateway = signed(sent, by="gateway.example.org")["Authorization"]
            headers = {**signed(sent), "X-Gateway-Authorization": gateway}

            answer = post(app, sent, headers=headers)

            assert told(answer) == (401, "30016", "")
            assert name in answer.headers
        assert kept() == 0

    def test_a_gateway_vouches_for_a_search(self, app, session, buyer):
        sent = raw("search", bpp_id=None, bpp_uri=None)
        gateway = signed(sent, by="gateway.example.org")["Authorization"]

        answer = post(
            app, sent, headers={**signed(sent), "X-Gateway-Authorization": gateway}
        )

        assert told(answer) == (200, "ACK", "")
        kept = db.session.scalar(select(Received))
        assert kept.gateway_id == "gateway.example.org"
        assert "Authorization" not in kept.headers


class TestPath:
    def test_a_message_replayed_on_another_path_is_not_believed(
        self, app, session, buyer
    ):
        answer = post(app, raw("select"), to="confirm")

        assert told(answer) == (401, "30016", "context.action")
        assert kept() == 0

    @pytest.mark.parametrize(
        ("changed", "path"),
        [
            ({"bpp_id": "another.example"}, "context.bpp_id"),
            ({"bpp_uri": "https://another.example"}, "context.bpp_uri"),
            ({"bap_uri": "https://169.254.169.254/x"}, "context.bap_uri"),
            ({"bap_uri": "https://bap.example.org@evil.example/"}, "context.bap_uri"),
            ({"bap_uri": "https://[bap.example.org/"}, "context.bap_uri"),
            ({"domain": "retail"}, "context.domain"),
        ],
    )
    def test_both_ends_are_as_the_registry_has_them(
        self, app, session, buyer, changed, path
    ):
        assert told(post(app, raw(**changed))) == (200, "30000", path)

    def test_a_slash_at_the_end_is_no_difference(self, app, session, buyer):
        assert told(post(app, raw(bpp_uri=f"{BPP_URI}/"))) == (200, "ACK", "")


class TestDuplicate:
    def test_a_copy_gets_the_stored_answer_and_the_stored_callback(
        self, app, session, buyer
    ):
        first = post(app, raw())
        assert working.work_one(now=NOW)
        assert sending.send_one(now=NOW)

        second = post(app, raw())
        assert not working.work_one(now=SOON)
        assert sending.send_one(now=SOON)
        assert not sending.send_one(now=SOON)

        assert first.data == second.data
        (_, body, signature), (_, again, newly) = buyer.got
        assert (body, buyer.done) == (again, [("select", "m-1")])
        assert signature != newly
        assert kept() == 1

    def test_a_copy_before_the_callback_adds_none(self, app, session, buyer):
        post(app, raw())
        post(app, raw())
        assert working.work_one(now=NOW)
        post(app, raw())

        assert sending.send_one(now=NOW)
        assert not sending.send_one(now=NOW)

    def test_another_message_of_that_id_is_refused(self, app, session, buyer):
        post(app, raw())

        answer = post(app, raw(message={"order": {}}))

        assert told(answer) == (200, "30000", "context.message_id")

    def test_the_same_id_is_another_message_for_another_action_or_transaction(
        self, app, session, buyer
    ):
        for sent in (raw("select"), raw("init"), raw(transaction_id="t-2")):
            assert told(post(app, sent)) == (200, "ACK", "")
        assert kept() == 3

    def test_copies_that_come_at_once_are_one(self, hospital, buyer):
        sent = raw(transaction_id="rushed")

        answers = race(hospital, [lambda: post(hospital, sent).data] * 6)

        rows = select(func.count()).where(Received.transaction_id == "rushed")
        assert db.session.scalar(rows) == 1
        assert len(set(answers)) == 1


class TestStale:
    def test_what_ran_out_is_refused_for_good(self, app, session, buyer):
        inside, outside = NOW - timedelta(seconds=35), NOW - timedelta(seconds=36)

        assert told(post(app, at(outside))) == (200, "30022", "context.timestamp")
        assert kept() == 0
        assert told(post(app, at(inside))) == (200, "ACK", "")

    def test_the_future_is_refused(self, app, session, buyer):
        inside, outside = NOW + timedelta(seconds=5), NOW + timedelta(seconds=6)

        assert told(post(app, at(outside))) == (200, "30000", "context.timestamp")
        assert told(post(app, at(inside))) == (200, "ACK", "")

    @pytest.mark.parametrize("ttl", ["30", "PT", "P1DT", "soon", 30, "PT-1S", ["PT1S"]])
    def test_a_ttl_that_is_none_is_refused(self, app, session, buyer, ttl):
        assert told(post(app, raw(ttl=ttl))) == (400, "30000", "context.ttl")

    def test_a_test_harness_may_replay_and_that_is_logged(
        self, app, session, buyer, caplog
    ):
        buyers.use(app, buyer.network(undated=frozenset({BAP})))

        with caplog.at_level(logging.WARNING):
            answer = post(app, at(NOW - timedelta(days=2)))

        assert told(answer) == (200, "ACK", "")
        assert f"STALENESS IS OFF for {BAP}" in caplog.text

    def test_a_late_callback_is_sent_and_logged(self, app, session, buyer, caplog):
        post(app, raw())
        assert working.work_one(now=LATER)
        with caplog.at_level(logging.WARNING):
            assert sending.send_one(now=LATER)

        assert "after its buyer stopped waiting" in caplog.text
        assert db.session.scalar(select(Sent.state)) is Owed.ACKED


class TestSequence:
    def test_what_is_older_than_the_last_one_is_refused(self, app, session, buyer):
        post(app, raw())

        before = NOW - timedelta(seconds=1)
        refused = post(app, at(before, message_id="m-2"))
        assert told(refused) == (200, "30022", "context.timestamp")
        assert told(post(app, at(NOW, message_id="m-3"))) == (200, "ACK", "")
        other = at(before, message_id="m-4", transaction_id="t-2")
        assert told(post(app, other)) == (200, "ACK", "")

    def test_a_search_and_a_question_are_out_of_no_order(self, app, session, buyer):
        before = context.stamp(NOW - timedelta(seconds=2))
        between = context.stamp(NOW - timedelta(seconds=1))
        post(app, raw("status"))

        assert told(post(app, raw("init", timestamp=between))) == (200, "ACK", "")
        assert told(post(app, raw("status", timestamp=before, message_id="m-9"))) == (
            200,
            "ACK",
            "",
        )


class TestOrderOfAsking:
    """A message that is wrong in many ways is told the first of them."""

    STALE = NOW - timedelta(hours=2)

    def test_signature_before_path(self, app, session, buyer):
        assert told(post(app, raw(), to="init", headers={})) == (401, "30016", "")

    def test_path_before_duplicate_and_stale(self, app, session, buyer):
        post(app, raw())

        answer = post(app, at(self.STALE), to="init")
        assert told(answer) == (401, "30016", "context.action")

    def test_duplicate_before_stale_and_sequence(self, app, session, buyer):
        first = post(app, raw())
        post(app, at(SOON, message_id="m-2"))

        with time_machine.travel(LATER, tick=False):
            copy = post(app, raw(), now=LATER)
            forged = post(app, raw(message={}), now=LATER)

        assert (copy.status_code, copy.data) == (200, first.data)
        assert told(forged) == (200, "30000", "context.message_id")

    def test_stale_before_sequence(self, app, session, buyer):
        post(app, raw())

        answer = post(app, at(self.STALE, message_id="m-2"))
        assert answer.json["error"]["message"] == "the request is stale"


class TestBodies:
    @pytest.mark.parametrize(
        ("sent", "path"),
        [
            (b"", ""),
            (b"{", ""),
            (b"[]", ""),
            (b'{"context": 1}', "context"),
            (b'{"context": {}}', "context.bap_id"),
            (b'{"context": {"bapId": "one"}}', "context"),
            (raw().replace(b"A Patient", b"A\\u0000Patient"), ""),
            (raw().replace(b"A Patient", b"\xff"), ""),
            (raw(message=[]), "message"),
            (raw(transaction_id="t\n1"), "context.transaction_id"),
            (raw(message_id="m" * 201), "context.message_id"),
            (raw(timestamp="yesterday"), "context.timestamp"),
            (raw(timestamp="0001-01-01T00:00:00+14:00"), "context.timestamp"),
        ],
    )
    def test_what_cannot_be_read_is_refused_by_its_field(
        self, app, session, buyer, sent, path
    ):
        answer = post(app, sent, to="select")

        assert told(answer) == (400, "30000", path)

    @pytest.mark.parametrize(
        "field",
        [
            *("domain", "action", "version", "bap_id", "bap_uri", "bpp_id", "bpp_uri"),
            *("transaction_id", "message_id", "timestamp"),
        ],
    )
    def test_what_the_profile_requires_is_required(self, app, session, buyer, field):
        answer = post(app, raw(**{field: None}), to="select")

        assert told(answer) == (400, "30000", f"context.{field}")

    def test_the_largest_body_is_taken_and_no_larger(self, app, session, buyer):
        room = 256 * 1024 - len(raw(message={"x": ""}))

        assert told(post(app, raw(message={"x": "x" * room}))) == (200, "ACK", "")
        large = post(app, raw(message={"x": "x" * (room + 1)}, message_id="m-2"))
        assert told(large) == (413, "30000", "")

    def test_other_ways_to_ask_are_answered_in_the_same_manner(
        self, app, session, buyer
    ):
        client = app.test_client()

        assert told(client.get("/beckn/search")) == (405, "30000", "")
        assert told(client.post("/beckn/discover")) == (404, "30000", "")
        buyers.use(app, None)
        assert told(post(app, raw())) == (404, "30000", "")

    def test_a_network_may_want_its_context_back(self, app, session, buyer):
        buyers.use(app, buyer.network(echo=True))

        assert post(app, raw()).json["context"] == buyers.body()["context"]
        again = post(app, raw(message={})).json
        assert again["context"] == buyers.body()["context"]


def test_it_is_taken_though_redis_is_away(app, session, buyer, monkeypatch):
    settings = replace(
        app.extensions["baari.settings"], redis_url="redis://127.0.0.1:1/0"
    )
    monkeypatch.setitem(app.extensions, "baari.settings", settings)

    assert told(post(app, raw())) == (200, "ACK", "")
    assert kept() == 1


def test_the_worker_is_woken_once_it_is_kept(app, session, buyer, monkeypatch):
    rows = []
    monkeypatch.setattr(owing.nudge, "wake", lambda *told: rows.append((*told, kept())))

    post(app, raw())
    post(app, at(NOW - timedelta(hours=1), message_id="m-2"))

    assert rows == [("network", OUTSIDE, 1)]


def test_how_long_an_ack_took_is_kept(app, session, buyer):
    post(app, raw())

    took = db.session.scalars(select(Received.ack_ms)).one()
    # Whoever is slow fails no test by it: `make bench` measures.
    assert took is not None
    assert took >= 0
