"""The checklist of certification says what is so, and names tests that there are."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.actor import SYSTEM
from app.core.db import db, transaction
from beckn import owing, sending, tallies, working
from beckn.door import OwnKey
from beckn.models import Received, Sent
from beckn.pages import checklist, evidence
from beckn.pages.checklist import Proof
from beckn.tallies import Turned
from tests.beckn import buyers
from tests.beckn.buyers import BAP, Buyer, post, raw
from tests.factories import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

ROOT = Path(__file__).resolve().parents[2]
NAMED = sorted({test for ask in checklist.ASKS for test in ask.tests})


@pytest.mark.parametrize("named", NAMED)
def test_each_test_that_it_names_is_there(named):
    file, _, name = named.partition("::")

    found = (ROOT / file).read_text(encoding="utf-8")

    assert re.search(rf"^\s*(def|class) {name or 'test_.*'}\b", found, re.MULTILINE)


def test_nothing_is_asked_without_a_proof_or_a_word_why_not(session, buyer):
    for row in looked(buyer).values():
        assert row.words
        if row.proof is Proof.TESTED and row.ask.look is checklist.tests_alone:
            assert row.ask.tests, row.ask.what


@pytest.fixture
def buyer(app):
    buyer = Buyer()
    buyers.use(app, buyer.network())
    yield buyer
    buyers.use(app, None)


def looked(buyer, **network):
    facts = evidence.facts(buyer.network(**network), by=SYSTEM, now=NOW)
    return {row.ask.what: row for row in checklist.rows(facts)}


def row(buyer, begins, **network):
    found = looked(buyer, **network)
    (name,) = [each for each in found if each.startswith(begins)]
    return found[name].proof, found[name].words


def asks(app, action="select", message=None, **changed):
    assert post(app, raw(action, message, **changed)).json == buyers.ACK


def settled(now=NOW):
    while working.work_one(now=now):
        pass
    while sending.send_one(now=now):
        pass


class TestSignatures:
    def test_are_met_by_what_came(self, app, session, buyer):
        assert row(buyer, "Each message is verified")[0] is Proof.TESTED

        asks(app)

        proof, words = row(buyer, "Each message is verified")
        assert proof is Proof.MET
        assert words.startswith("1 message came")

    def test_are_not_met_where_anybody_is_believed(self, app, session, buyer):
        asks(app)
        with transaction():
            db.session.query(Received).update({"key_id": ""})

        proof, words = row(buyer, "Each message is verified")

        assert (proof, words) == (
            Proof.MISSING,
            "1 of 1 message came unverified.",
        )

    def test_of_gateways_are_counted(self, app, session, buyer):
        sent = raw("search", {"days": [1]}, bpp_id=None, bpp_uri=None)
        gateway = buyers.signed(sent, by="gateway.example.org")["Authorization"]
        headers = buyers.signed(sent) | {"X-Gateway-Authorization": gateway}
        assert row(buyer, "A gateway")[0] is Proof.TESTED

        post(app, sent, headers=headers)

        assert row(buyer, "A gateway")[0] is Proof.MET


@pytest.mark.parametrize(
    ("key", "proof"),
    [
        (None, Proof.MISSING),
        (OwnKey("k", NOW + timedelta(days=9)), Proof.MISSING),
        (OwnKey("k", NOW + timedelta(days=99)), Proof.MET),
    ],
)
def test_a_key_is_held_against_the_clock(session, buyer, key, proof):
    assert row(buyer, "The house has", key=lambda *, now: key)[0] is proof


class TestCallbacks:
    def test_a_search_tells_how_soon_it_was_answered(self, app, session, buyer):
        assert row(buyer, "search is answered")[0] is Proof.TESTED
        asks(app, "search", {"days": [1]}, bpp_id=None, bpp_uri=None)
        settled(NOW + timedelta(seconds=2))

        proof, words = row(buyer, "search is answered")

        assert proof is Proof.MET
        assert words.endswith("The last one went after 2.0 s.")

    def test_some_of_several_are_not_all(self, app, session, buyer):
        asks(app)
        settled()

        proof, words = row(buyer, "select, init and confirm")

        assert proof is Proof.TESTED
        assert words == ("Acknowledged: on_select (1). Not seen here: init, confirm.")

    @pytest.mark.parametrize(("seconds", "proof"), [(4, Proof.MET), (6, Proof.MISSING)])
    def test_five_seconds_are_the_most(self, app, session, buyer, seconds, proof):
        assert row(buyer, "Callbacks follow")[0] is Proof.TESTED
        asks(app)
        settled(NOW + timedelta(seconds=seconds))

        assert row(buyer, "Callbacks follow")[0] is proof

    def test_a_dead_letter_is_a_callback_that_did_not_come(self, app, session, buyer):
        asks(app)
        settled()
        assert row(buyer, "Each acknowledged")[0] is Proof.MET
        with transaction():
            db.session.query(Sent).update({"state": "dead", "error": "away"})

        assert row(buyer, "Each acknowledged")[0] is Proof.MISSING

    def test_news_are_seen_when_there_are_some(self, app, session, buyer):
        asks(app)
        assert row(buyer, "What the desk does")[0] is Proof.TESTED
        with transaction():
            owing.news(BAP, "t-1", "on_status", lambda _: {"order": {}}, now=NOW)

        assert row(buyer, "What the desk does")[0] is Proof.MET


def test_uhi_is_met_where_its_domain_is_served_alone(session, buyer):
    assert row(buyer, "UHI's domain")[0] is Proof.MISSING
    served = ("dhp:", "nic2004:85111")
    assert row(buyer, "UHI's domain", domains=served)[0] is Proof.TESTED


class TestSpeedAndLimits:
    @pytest.mark.parametrize(
        ("took", "proof"), [(40, Proof.MET), (100, Proof.MET), (250, Proof.MISSING)]
    )
    def test_an_ack_is_within_a_tenth_of_a_second_or_not(
        self, app, session, buyer, took, proof
    ):
        begins = "A message is acknowledged"
        assert row(buyer, begins)[0] is Proof.TESTED
        post(app, raw())
        with transaction():
            db.session.scalars(select(Received)).one().ack_ms = took

        assert row(buyer, begins) == (
            proof,
            f"99 of a hundred stood in the box within {took} ms.",
        )

    def test_limits_are_told_with_how_often_they_were_met(self, app, session, buyer):
        begins, limits = "Each buyer and each address", {"per_address": "9/minute"}
        assert row(buyer, begins, **limits)[0] is Proof.MISSING
        limits["per_subscriber"] = "7/minute"
        tallies.count(Turned.BRAKED, BAP, now=NOW)
        tallies.count(Turned.REFUSED, BAP, now=NOW)

        proof, words = row(buyer, begins, **limits)
        assert proof is Proof.MET
        assert words.startswith("At most 7/minute a buyer, 9/minute an address;")
        assert words.endswith("; 1 message came too fast in thirty days.")
