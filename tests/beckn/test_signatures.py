"""Signatures held against published vectors, and against all that must not pass."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key

from beckn.trust import signatures
from beckn.trust.challenges import ChallengeError, answer, registry_key
from beckn.trust.curves import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
    X25519PrivateKey,
    X25519PublicKey,
)
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.signatures import Signer, parse, parse_uhi

OURS = json.loads(
    (Path(__file__).parent / "signing_vectors.json").read_text(encoding="utf-8")
)
BODY = OURS["body"].encode()
# Published with BECKN-006: 496 bytes in one line.
PUBLISHED = (
    b'{"context":{"domain":"nic2004:60212","country":"IND","city":"Kochi",'
    b'"action":"search","core_version":"0.9.1","bap_id":"bap.stayhalo.in",'
    b'"bap_uri":"https://8f9f-49-207-209-131.ngrok.io/protocol/",'
    b'"transaction_id":"e6d9f908-1d26-4ff3-a6d1-3af3d3721054",'
    b'"message_id":"a2fe6d52-9fe4-4d1a-9d0b-dccb8b48522d",'
    b'"timestamp":"2022-01-04T09:17:55.971Z","ttl":"P1M"},"message":{"intent":'
    b'{"fulfillment":{"start":{"location":{"gps":"10.108768, 76.347517"}},'
    b'"end":{"location":{"gps":"10.102997, 76.353480"}}}}}}'
)
PUBLISHED_PUBLIC = "awGPjRK6i/Vg/lWr+0xObclVxlwZXvTjWYtlu6NeOHk="
PUBLISHED_SEED = "lP3sHA+9gileOkXYJXh4Jg8tK0gEEMbf9yCPnFpbldg="
PUBLISHED_DIGEST = (
    "b6lf6lRgOweajukcvcLsagQ2T60+85kRh/Rd2bdS+TG/5ALebOEgDJfyCrre/1+BMu5nA94o4DT3pTFX"
    "uUg7sw=="
)
PUBLISHED_SIGNATURE = (
    "cjbhP0PFyrlSCNszJM1F/YmHDVAWsZqJUPzojnE/7TJU3fJ/rmIlgaUHEr5E0/2PIyf0tpSnWtT6cyNN"
    "lpmoAQ=="
)


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def public(name):
    return Ed25519PublicKey(base64.b64decode(OURS[name]["public_b64"]))


def signer(name, subscriber_id, key_id):
    seed = base64.b64decode(OURS[name]["seed_b64"])
    return Signer(subscriber_id, key_id, Ed25519PrivateKey(seed))


class TestPublished:
    def test_body_and_digest_are_as_printed(self):
        assert len(PUBLISHED) == 496
        assert signatures.digest(PUBLISHED) == PUBLISHED_DIGEST
        assert signatures.digest(b"The quick brown fox jumps over the lazy dog") == (
            "qK3Uvd39k+SHfSdG5igXsRY2Sh+nvBSNlQkLxzM7NnP4JAHPeqLkyx7NkCluPxTLVBP47Xe+"
            "cwRbE5FM3NapGA=="
        )

    def test_signature_is_made_and_believed(self):
        private = Ed25519PrivateKey(base64.b64decode(PUBLISHED_SEED))
        header = Signer("bap.stayhalo.in", "k", private).header(
            PUBLISHED, now=at(1641287875), lasts=timedelta(seconds=3600)
        )

        assert f'signature="{PUBLISHED_SIGNATURE}"' in header
        key = Ed25519PublicKey(base64.b64decode(PUBLISHED_PUBLIC))
        parse(header).check(PUBLISHED, key, now=at(1641287876))


class TestOurVectors:
    @pytest.mark.parametrize(
        ("name", "who"), [("bap", "bap.example.org|k1"), ("bg", "bg.example.org|g1")]
    )
    def test_both_keys_both_ways_in_both_schemes(self, name, who):
        told = OURS[name]
        made, begun = signer(name, *who.split("|")), at(told["created"])
        lasts = timedelta(seconds=told["expires"] - told["created"])

        assert made.header(BODY, now=begun, lasts=lasts) == told["header"]
        parse(told["header"]).check(BODY, public(name), now=begun)
        uhi = made.uhi_header(BODY, now=begun, lasts=lasts)
        assert json.loads(uhi)["signature"] == told["uhi_signature"]
        text = signatures.signed_text(
            BODY, told["created"], told["expires"], hashed=True
        )
        assert text == told["uhi_signed_bytes_ascii"]
        parse_uhi(uhi).check(BODY, public(name), now=begun)
        parse_uhi(f"Signature {uhi}").check(BODY, public(name), now=begun)

    def test_of_x25519(self):
        told = OURS["x25519"]
        private = base64.b64decode(told["np_private_pkcs8"])
        read = load_der_private_key(private, password=None)
        ours = X25519PrivateKey(read.private_bytes_raw())
        registry = registry_key(told["registry_public_spki"])

        assert answer(told["challenge_b64"], ours, registry) == told["answer"]
        for wrong in ("", "AAAA", told["challenge_b64"][:-4] + "AAA=", "no base64"):
            with pytest.raises(ChallengeError):
                answer(wrong, ours, registry)
        with pytest.raises(ChallengeError):
            answer(told["challenge_b64"], X25519PrivateKey.generate(), registry)
        for wrong in ("", "AAAA", base64.b64encode(b"x" * 44).decode()):
            with pytest.raises(ChallengeError):
                registry_key(wrong)
        # With these, everybody shares the same secret.
        for point in (0, 1):
            theirs = X25519PublicKey(point.to_bytes(32, "little"))
            with pytest.raises(ChallengeError):
                answer(told["challenge_b64"], ours, theirs)


HEADER = OURS["bap"]["header"]
CREATED, EXPIRES = OURS["bap"]["created"], OURS["bap"]["expires"]
SIGNATURE = OURS["bap"]["signature"]


def short(signature):
    return base64.b64encode(base64.b64decode(signature)[:63]).decode()


class TestRefused:
    @pytest.mark.parametrize(
        ("header", "flaw"),
        [
            (None, Flaw.MISSING),
            ("", Flaw.MISSING),
            ("Bearer abc", Flaw.MALFORMED),
            ("Signature ", Flaw.MALFORMED),
            (HEADER.replace('algorithm="ed25519"', 'algorithm="rsa"'), Flaw.ALGORITHM),
            (HEADER.replace("k1|ed25519", "k1|rsa"), Flaw.ALGORITHM),
            (HEADER.replace("|k1|", "|"), Flaw.ALGORITHM),
            (HEADER.replace("|k1|", "||"), Flaw.MALFORMED),
            (HEADER.replace("(expires) digest", "digest"), Flaw.MALFORMED),
            (HEADER.replace(str(CREATED), "soon"), Flaw.MALFORMED),
            (HEADER.replace(str(EXPIRES), "9" * 5000), Flaw.MALFORMED),
            (HEADER.replace(SIGNATURE, ""), Flaw.MALFORMED),
            (HEADER.replace(SIGNATURE, short(SIGNATURE)), Flaw.MALFORMED),
            (
                HEADER.replace(SIGNATURE, SIGNATURE.translate({43: 45, 47: 95})),
                Flaw.MALFORMED,
            ),
        ],
    )
    def test_what_cannot_be_read(self, header, flaw):
        with pytest.raises(SignatureError) as refused:
            parse(header)
        assert refused.value.flaw is flaw

    @pytest.mark.parametrize(
        ("header", "body", "key", "now", "flaw"),
        [
            (HEADER, BODY[:-1] + b" ", "bap", CREATED, Flaw.FALSE),
            (
                HEADER,
                json.dumps(json.loads(BODY)).encode(),
                "bap",
                CREATED,
                Flaw.FALSE,
            ),
            (HEADER, BODY, "bg", CREATED, Flaw.FALSE),
            (HEADER, BODY, "bap", CREATED - 6, Flaw.EARLY),
            (HEADER, BODY, "bap", EXPIRES, Flaw.EXPIRED),
            (
                HEADER.replace(SIGNATURE, OURS["bg"]["signature"]),
                BODY,
                "bap",
                CREATED,
                Flaw.FALSE,
            ),
            (
                HEADER.replace(str(EXPIRES), str(CREATED)),
                BODY,
                "bap",
                CREATED - 1,
                Flaw.EXPIRED,
            ),
            (
                HEADER.replace(SIGNATURE, OURS["bap"]["uhi_signature"]),
                BODY,
                "bap",
                CREATED,
                Flaw.FALSE,
            ),
        ],
    )
    def test_what_is_not_true(self, header, body, key, now, flaw):
        with pytest.raises(SignatureError) as refused:
            parse(header).check(body, public(key), now=at(now))
        assert refused.value.flaw is flaw

    def test_one_flipped_bit_anywhere_in_the_body(self):
        read = parse(HEADER)
        for place in range(0, len(BODY), 13):
            body = bytearray(BODY)
            body[place] ^= 1
            with pytest.raises(SignatureError):
                read.check(bytes(body), public("bap"), now=at(CREATED))

    def test_a_uhi_header_where_core_is_spoken_and_the_other_way_round(self):
        made = signer("bap", "eua", "k")
        lasts = timedelta(seconds=10)
        with pytest.raises(SignatureError):
            parse(made.uhi_header(BODY, now=at(CREATED), lasts=lasts))
        with pytest.raises(SignatureError):
            parse_uhi(made.header(BODY, now=at(CREATED), lasts=lasts))

    @pytest.mark.parametrize(
        "written",
        [
            HEADER.replace('",', '", '),
            HEADER.replace(f'"{CREATED}"', str(CREATED)),
            HEADER.replace("(created) (expires)", "(created)(expires)"),
            HEADER.replace("Signature", "signature"),
        ],
    )
    def test_what_networks_write_otherwise_is_read(self, written):
        parse(written).check(BODY, public("bap"), now=at(CREATED))
