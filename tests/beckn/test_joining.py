"""A house that has joined a network: it believes, signs and calls."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beckn.dialects.core import CORE
from beckn.dialects.uhi import UHI
from beckn.door import NotDeliveredError
from beckn.joining import joined
from beckn.settings import NetworkSettings
from beckn.trust import keys
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.signatures import Signer, parse
from drills.registry import entry
from tests.beckn.loopback import serving

NOW = datetime(2026, 3, 2, 4, 31, tzinfo=UTC)
RING = keys.new_ring(now=NOW)
BUYER = Signer("bap.example.org", "k1", Ed25519PrivateKey.generate())


def lookup(path, body):
    found = entry(BUYER, "https://bap.example.org/beckn", now=NOW)
    return 200, {}, json.dumps([found]).encode()


def network(url, *, private=True, unsigned=False):
    settings = NetworkSettings(
        subscriber_id="bpp.clinic.example",
        url="https://bpp.clinic.example/beckn",
        registry=url,
        registry_key="",
        keys=Path("unused"),
        unsigned=unsigned,
        private=private,
    )
    return joined(settings, RING, lambda *_, **__: {})


def test_who_the_registry_knows_is_believed_and_asked_for_by_our_signature():
    body = b'{"context":{}}'
    header = BUYER.header(body, now=NOW, lasts=timedelta(seconds=30))

    with serving(lookup) as (url, heard):
        found = network(url).who(body, {"Authorization": header}, dialect=CORE, now=NOW)

    assert found.bap.url == "https://bap.example.org/beckn"
    _, asked, headers = heard[0]
    ours = RING.signing[0].private.public_key()
    parse(headers["Authorization"]).check(asked, ours, now=NOW)


@pytest.mark.parametrize(
    ("private", "registered", "final"),
    [
        (True, "http://bap.example.org", True),
        (False, "http://127.0.0.1", True),
        (True, "http://127.0.0.1", False),
    ],
    ids=["another host", "into our house", "nobody there"],
)
def test_what_is_not_delivered_is_tried_again_unless_refused(
    private, registered, final
):
    with serving(lookup) as (url, _):
        gone = url

    with pytest.raises(NotDeliveredError) as failed:
        network(url, private=private).post(gone, b"{}", {}, registered=registered)

    assert failed.value.final is final


def test_a_message_is_taken_at_its_word_only_by_the_switch_and_loudly(caplog):
    body = b'{"context":{"bap_id":"bap.example.org","bap_uri":"http://127.0.0.1"}}'
    with serving(lookup) as (url, _), pytest.raises(SignatureError) as refused:
        network(url).who(body, {}, dialect=CORE, now=NOW)
    assert not caplog.records

    trusting = network(url, unsigned=True)
    found = trusting.who(body, {}, dialect=CORE, now=NOW)

    assert refused.value.flaw is Flaw.MISSING
    assert (found.bap.subscriber_id, found.gateway) == ("bap.example.org", None)
    assert "BECKN_UNSIGNED" in caplog.text
    theirs = b'{"context":{"consumer_id":"eua","consumer_uri":"http://127.0.0.1"}}'
    named = trusting.who(theirs, {}, dialect=UHI, now=NOW).bap
    assert (named.subscriber_id, named.url) == ("eua", "http://127.0.0.1")
    for unread in (b"", b"[]", b'{"context":{}}'):
        with pytest.raises(SignatureError):
            trusting.who(unread, {}, dialect=CORE, now=NOW)
