"""A house that has joined a network: it believes, signs and calls."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from beckn.dialects.core import CORE
from beckn.dialects.uhi import UHI
from beckn.door import NotDeliveredError
from beckn.joining import joined
from beckn.settings import NetworkSettings
from beckn.trust import keys
from beckn.trust.curves import Ed25519PrivateKey
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.key_file import KeyFile
from beckn.trust.signatures import Signer, parse
from drills.registry import entry
from tests.beckn.loopback import serving

NOW = datetime(2026, 3, 2, 4, 31, tzinfo=UTC)
RING = keys.new_ring(now=NOW)
BUYER = Signer("bap.example.org", "k1", Ed25519PrivateKey.generate())


def lookup(path, body):
    found = entry(BUYER, "https://bap.example.org/beckn", now=NOW)
    return 200, {}, json.dumps([found]).encode()


def network(url, *, private=True, unsigned=False, ring=lambda: RING):
    settings = NetworkSettings(
        subscriber_id="bpp.clinic.example",
        url="https://bpp.clinic.example/beckn",
        registry=url,
        registry_key="",
        keys=Path("unused"),
        unsigned=unsigned,
        private=private,
    )
    return joined(settings, ring, lambda *_, **__: {})


def test_who_the_registry_knows_is_believed_and_asked_for_by_our_signature():
    body = b'{"context":{}}'
    header = BUYER.header(body, now=NOW, lasts=timedelta(seconds=30))

    with serving(lookup) as (url, heard):
        found = network(url).who(body, {"Authorization": header}, dialect=CORE, now=NOW)

    assert found.bap.url == "https://bap.example.org/beckn"
    _, asked, headers = heard[0]
    ours = RING.signing[0].private.verify_key
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


ROTATE = """
import sys
from datetime import datetime
from pathlib import Path
from beckn.trust import keys
path, now = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
ring = keys.load(path).rotated(now=now)
keys.save(ring.using(ring.signing[-1].id, now=now), path)
"""


def rotated(path, now):
    """Have another process make a key and use it, as `baari beckn keys` does."""
    words = (sys.executable, "-c", ROTATE, str(path), now.isoformat())
    subprocess.run(words, check=True, cwd=Path(__file__).resolve().parents[2])


class TestKeyFile:
    @pytest.fixture
    def path(self, tmp_path):
        keys.save(RING, tmp_path / "keys.json")
        return tmp_path / "keys.json"

    @staticmethod
    def signs(network, now):
        """Give the key by which a network signs, and says that it does."""
        header = network.sign(b"{}", dialect=CORE, now=now)["Authorization"]
        assert network.key(now=now).id == parse(header).key_id
        return parse(header).key_id

    def test_all_processes_sign_with_a_new_key_once_one_has_it_used(self, path):
        two = [network("http://127.0.0.1", ring=KeyFile(path)) for _ in range(2)]
        assert {self.signs(each, NOW) for each in two} == {RING.signing[0].id}
        later = NOW + timedelta(minutes=1)

        rotated(path, later)

        newest = keys.load(path).signing[-1].id
        assert newest != RING.signing[0].id
        assert {self.signs(each, later) for each in two} == {newest}

    def test_is_read_once_while_it_stays_the_same(self, path):
        ring = KeyFile(path)

        assert ring() is ring()

    @pytest.mark.parametrize("harm", ["gone", "broken", "open to others"])
    def test_that_is_harmed_changes_nothing_until_it_is_mended(
        self, path, caplog, harm
    ):
        ring, whole = KeyFile(path), path.read_bytes()
        before = ring()
        if harm == "gone":
            path.unlink()
        elif harm == "broken":
            path.write_bytes(whole[:-40])
        else:
            path.chmod(0o644)

        assert ring() is ring() is before
        assert caplog.text.count("the keys stay as they were") == 1
        path.unlink(missing_ok=True)
        keys.save(keys.new_ring(now=NOW), path)

        assert ring().signing[0].id == keys.load(path).signing[0].id
        assert ring() is not before
