"""Keys and registry: who is believed."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from app.core.gateways import SettingError
from beckn.trust import calling, keys, verifying
from beckn.trust.curves import Ed25519PrivateKey
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.registry import KEPT, KEPT_AT_LEAST, HttpRegistry, KeyName, Role
from beckn.trust.signatures import Signer, parse
from drills import registry as registries
from tests.beckn.loopback import serving

NOW = datetime(2026, 3, 2, 4, 31, tzinfo=UTC)
LASTS = timedelta(seconds=30)
NAME = KeyName("bap.example.org", "k1")
BODY = '{"context":{"action":"select"},"message":{"who":"ಆರೋಗ್ಯ"}}'.encode()


def entry(signer, **other):
    at = f"https://{signer.subscriber_id}/beckn"
    of_theirs = {"domain": "dhp:consultation"} | other
    return registries.entry(signer, at, now=NOW) | of_theirs


def made(name="bap.example.org", key_id="k1"):
    return Signer(name, key_id, Ed25519PrivateKey.generate())


class Book:
    """What the registry of a test knows, to be changed while it is asked."""

    def __init__(self):
        self.entries = []
        self.status = 200

    def __call__(self, path, body):
        return self.status, {}, json.dumps(self.entries).encode()


@pytest.fixture
def book():
    return Book()


@pytest.fixture
def registry(book):
    with serving(book) as (url, heard):

        def post(to, raw, headers):
            return calling.post(to, raw, headers, registered=url, private=True)

        found = HttpRegistry(url, post=post, sign=lambda raw, now: {"Signed": "yes"})
        yield found, heard


def look(registry, headers, *, now=NOW, raw=BODY):
    return verifying.sender(raw, headers, parse=parse, registry=registry, now=now)


def signed(by, name="Authorization", *, now=NOW, raw=BODY):
    return {name: by.header(raw, now=now, lasts=LASTS)}


def flaw_of(registry, headers, **other):
    with pytest.raises(SignatureError) as refused:
        look(registry, headers, **other)
    return refused.value.flaw


class TestVerifying:
    def test_a_buyer_and_the_gateway_it_came_through(self, registry, book):
        found, _ = registry
        bap, gateway = made(), made("bg.example.org", "g1")
        book.entries = [entry(bap), entry(gateway, type="BG")]

        for name in verifying.GATEWAY:
            sender = look(found, signed(bap) | signed(gateway, name))
            assert sender.bap.subscriber_id == "bap.example.org"
            assert sender.gateway.subscriber_id == "bg.example.org"
        assert look(found, signed(bap)).gateway is None

    def test_neither_stands_in_for_the_other(self, registry, book):
        found, _ = registry
        bap, gateway = made(), made("bg.example.org", "g1")
        book.entries = [entry(bap), entry(gateway, type="BG")]

        assert flaw_of(found, signed(gateway)) is Flaw.ROLE
        assert flaw_of(found, signed(gateway, "X-Gateway-Authorization")) is (
            Flaw.MISSING
        )
        with pytest.raises(verifying.GatewayError) as refused:
            look(found, signed(bap) | signed(bap, "X-Gateway-Authorization"))
        name, told = verifying.challenge("us", refused.value)
        assert name == "Proxy-Authenticate"
        assert told == 'Signature realm="us",headers="(created) (expires) digest"'
        bare = SignatureError(Flaw.MISSING)
        assert verifying.challenge("us", bare)[0] == "WWW-Authenticate"

    @pytest.mark.parametrize(
        ("change", "flaw"),
        [
            ({"key_id": "k2"}, Flaw.UNKNOWN),
            ({"subscriber_id": "other.example.org"}, Flaw.UNKNOWN),
            ({"status": "UNSUBSCRIBED"}, Flaw.UNKNOWN),
            ({"type": "BPP"}, Flaw.ROLE),
            ({"type": "KING"}, Flaw.UNKNOWN),
            ({"signing_public_key": "AAAA"}, Flaw.UNKNOWN),
            ({"valid_from": None}, Flaw.UNKNOWN),
            ({"valid_until": (NOW - timedelta(1)).isoformat()}, Flaw.RETIRED),
            ({"valid_from": (NOW + timedelta(1)).isoformat()}, Flaw.RETIRED),
        ],
    )
    def test_who_is_not_as_the_registry_says(self, registry, book, change, flaw):
        found, _ = registry
        bap = made()
        # The first of several is nobody in particular.
        book.entries = [entry(made()), entry(bap, **change)]
        book.entries[0]["key_id"] = "k0"

        assert flaw_of(found, signed(bap)) is flaw

    @pytest.mark.parametrize(
        "of_no_use",
        [
            {"valid_until": (NOW - timedelta(1)).isoformat()},
            {"valid_from": (NOW + timedelta(1)).isoformat()},
            {"type": "BPP"},
            {"signing_public_key": "AAAA"},
            {"status": "EXPIRED"},
        ],
    )
    def test_one_of_several_entries_that_is_of_use_is_enough(
        self, registry, book, of_no_use
    ):
        found, _ = registry
        bap = made()
        old = entry(made(), **of_no_use)
        for entries in ([old, entry(bap)], [entry(bap), old]):
            book.entries = entries
            later = NOW + timedelta(hours=entries.index(old))
            assert look(found, signed(bap, now=later), now=later).bap.role is Role.BAP

    def test_entries_of_one_key_are_for_all_their_domains(self, registry, book):
        found, _ = registry
        bap = made()
        book.entries = [
            entry(bap),
            entry(bap, domain="nic2004:85111:"),
            entry(bap, domain="mobility", valid_until=NOW.isoformat()),
            entry(made(), domain="retail"),
            entry(bap, domain="retail", url="https://elsewhere.example.org"),
        ]
        # The newest is the one that is believed.
        for each in book.entries[3:]:
            each["valid_from"] = (NOW - timedelta(2)).isoformat()
        later = NOW + timedelta(seconds=1)

        believed = look(found, signed(bap, now=later), now=later).bap

        for served in ("dhp:consultation:0.1.0", "dhp:consultation", "nic2004:85111:1"):
            assert believed.serves(served)
        for other in ("dhp:consultations", "dhp", "mobility", "retail", ""):
            assert not believed.serves(other)

    def test_an_entry_without_a_domain_is_for_all(self, registry, book):
        found, _ = registry
        bap = made()
        book.entries = [entry(bap, domain=None), entry(bap)]

        assert look(found, signed(bap)).bap.serves("anything:1.0")

    def test_what_was_signed_long_ago_asks_nobody(self, registry, book):
        found, heard = registry
        assert flaw_of(found, signed(made(), now=NOW - LASTS)) is Flaw.EXPIRED
        early = signed(made(), now=NOW + timedelta(minutes=1))
        assert flaw_of(found, early) is Flaw.EARLY
        assert flaw_of(found, {"Authorization": "Bearer x"}) is Flaw.MALFORMED
        assert heard == []

    def test_a_key_that_was_changed_under_its_name_is_asked_for_once(
        self, registry, book
    ):
        found, heard = registry
        old, new = made(), made()
        book.entries = [entry(old)]
        look(found, signed(old))
        book.entries = [entry(new)]

        later = NOW + KEPT_AT_LEAST
        assert look(found, signed(new, now=later), now=later)
        assert len(heard) == 2
        # And whoever lies does not make us ask each time.
        for _ in range(5):
            assert flaw_of(found, signed(made(), now=later), now=later) is Flaw.FALSE
        assert len(heard) == 2


class TestRegistry:
    def test_answers_are_kept_for_minutes_and_silence_for_seconds(self, registry, book):
        found, heard = registry
        bap = made()
        with pytest.raises(SignatureError):
            found.find(NAME, Role.BAP, now=NOW)
        book.entries = [entry(bap)]
        with pytest.raises(SignatureError):
            found.find(NAME, Role.BAP, now=NOW + timedelta(seconds=29))
        assert len(heard) == 1
        at = NOW + KEPT_AT_LEAST
        assert found.find(NAME, Role.BAP, now=at).role is Role.BAP
        assert found.find(NAME, Role.BAP, now=at + timedelta(minutes=9))
        assert len(heard) == 2
        assert found.find(NAME, Role.BAP, now=at + KEPT)
        assert len(heard) == 3
        path, body, headers = heard[0]
        assert path == "/lookup"
        assert json.loads(body) == {"subscriber_id": "bap.example.org", "key_id": "k1"}
        assert headers["Signed"] == "yes"

    @pytest.mark.parametrize(
        "answer",
        [
            (500, {}, b"[]"),
            (200, {}, b"{}"),
            (200, {}, b"<html>"),
            (301, {"Location": "/elsewhere"}, b"[]"),
            (200, {}, b" " * (calling.MOST_BYTES + 1)),
            None,
        ],
    )
    def test_that_does_not_answer_believes_nobody_and_forgets_nobody(self, answer):
        bap = made()
        known = (200, {}, json.dumps([entry(bap)]).encode())
        told = [known, answer, known]
        with serving(lambda *_: told.pop(0)) as (url, heard):
            found = HttpRegistry(
                url,
                post=lambda to, raw, headers: calling.post(
                    to, raw, headers, registered=url, private=True
                ),
                sign=lambda raw, now: {},
            )
            look(found, signed(bap))
            later = NOW + KEPT
            assert flaw_of(found, signed(bap, now=later), now=later) is Flaw.UNASKED
            assert look(found, signed(bap, now=later), now=later)
            assert [path for path, *_ in heard] == ["/lookup"] * 3


class TestKeys:
    def test_are_kept_for_their_owner_alone(self, tmp_path):
        path = tmp_path / "keys.json"
        ring = keys.new_ring(now=NOW)
        keys.save(ring, path)

        assert path.stat().st_mode & 0o777 == 0o600
        again = keys.load(path)
        header = again.signer("us", now=NOW).header(BODY, now=NOW, lasts=LASTS)
        public = ring.signing[0].private.verify_key
        parse(header).check(BODY, public, now=NOW)
        seed = bytes(ring.signing[0].private)
        for told in (repr(ring), repr(again.signer("us", now=NOW))):
            assert base64.b64encode(seed).decode() not in told
            assert "private" not in told.lower()
        path.chmod(0o640)
        with pytest.raises(SettingError, match="chmod 600"):
            keys.load(path)

    def test_of_a_file_of_before_sign_as_they_did(self, tmp_path):
        path = tmp_path / "keys.json"
        ring = keys.new_ring(now=NOW)
        keys.save(ring, path)
        told = json.loads(path.read_text(encoding="utf-8"))
        del told["signing"][0]["signs_from"]
        path.write_text(json.dumps(told), encoding="utf-8")

        assert keys.load(path).signer("us", now=NOW).key_id == ring.signing[0].id

    @pytest.mark.parametrize(
        "written", ["", "[]", "{}", '{"signing": [{"id": "k"}], "encryption": ""}']
    )
    def test_that_cannot_be_read_are_told_without_a_word_of_them(
        self, tmp_path, written
    ):
        path = tmp_path / "keys.json"
        path.write_text(written, encoding="utf-8")
        path.chmod(0o600)
        with pytest.raises(SettingError, match=r"BECKN_KEYS: .* is no file of keys"):
            keys.load(path)
        with pytest.raises(SettingError, match="there is no"):
            keys.load(tmp_path / "none")

    def test_wait_until_they_are_used_and_overlap_then(self, tmp_path):
        ring = keys.new_ring(now=NOW)
        later = NOW + timedelta(days=30)
        keys.save(ring.rotated(now=later), tmp_path / "keys.json")
        both = keys.load(tmp_path / "keys.json")
        old, new = both.signing

        # Until the registry knows the new one, nothing of the old one changes.
        much_later = later + timedelta(days=100)
        assert both.signer("us", now=much_later).key_id == old.id
        assert both.waiting(now=much_later) == [new]

        keys.save(both.using(new.id, now=much_later), tmp_path / "keys.json")
        used = keys.load(tmp_path / "keys.json")
        assert used.signer("us", now=much_later).key_id == new.id
        assert used.waiting(now=much_later) == []
        assert used.signing[0].is_valid(much_later)
        assert not used.signing[0].is_valid(much_later + keys.OVERLAP)
        third = used.rotated(now=much_later + keys.OVERLAP + timedelta(days=1))
        assert [key.id for key in third.signing][:1] == [new.id]
        with pytest.raises(SettingError, match="valid now"):
            ring.signer("us", now=NOW + keys.LASTS)
