"""The registry: who is in the network, by what key; it asks newcomers a question."""

import base64
import json
import secrets
import threading
import time
from http import HTTPStatus
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask, Response, jsonify, request

from app.core import clock
from beckn.trust import calling, challenges
from beckn.trust.calling import AddressRefusedError, UnreachableError
from beckn.trust.challenges import ChallengeError
from beckn.trust.curves import (
    Ed25519PublicKey,
    X25519PrivateKey,
    as_der,
    shared,
)
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.signatures import parse
from network.party import JSON, public_text
from network.wire import Line, Wire

NAME = "registry.example"
SUBSCRIBED, REFUSED = "SUBSCRIBED", "UNDER_SUBSCRIPTION"
_BLOCK_BITS = 128

Entry = dict[str, Any]


class Roll:
    """Everybody's entries, one for each key, and the registry's own key."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._private = X25519PrivateKey.generate()
        self._entries: dict[tuple[str, str], Entry] = {}
        self._alone = threading.Lock()

    @property
    def key(self) -> str:
        """Give the key that is published: base64 of DER."""
        return public_text(as_der(self._private.public_key))

    def enter(self, entry: Entry) -> None:
        """Put somebody in, or in place of what stood there under the same key."""
        with self._alone:
            self._entries[entry["subscriber_id"], entry["key_id"]] = entry

    def like(self, wanted: Entry) -> list[Entry]:
        """Give the entries that say all this."""
        with self._alone:
            every = list(self._entries.values())
        return [each for each in every if wanted.items() <= each.items()]

    def asker(self, raw: bytes, header: str | None) -> str:
        """
        Tell whose key signed a question.

        :raises SignatureError: if it is nobody's of the network
        """
        said = parse(header)
        wanted = {"subscriber_id": said.subscriber_id, "key_id": said.key_id}
        for entry in self.like({**wanted, "status": SUBSCRIBED}):
            said.check(raw, _public(entry), now=clock.now())
            return f"{said.subscriber_id}|{said.key_id}"
        raise SignatureError(Flaw.UNKNOWN)

    def challenge(self, entry: Entry) -> bool:
        """Have a newcomer decrypt a word, and tell whether they could."""
        word = secrets.token_urlsafe(24)
        url = f"{entry['url']}/on_subscribe"
        try:
            asked = {
                "subscriber_id": entry["subscriber_id"],
                "challenge": self._encrypted(word, entry["encr_public_key"]),
            }
            raw = json.dumps(asked).encode()
            told = calling.post(url, raw, JSON, registered=entry["url"], private=True)
            answer = json.loads(told.body).get("answer", "")
        except (AddressRefusedError, UnreachableError, ValueError):
            return False
        right = secrets.compare_digest(str(answer), word)
        says = "the word came back" if right else "another word came back"
        self._write("on_subscribe", entry, raw, told.ms, told.status, says)
        return right

    def _encrypted(self, word: str, encr_public_key: str) -> str:
        secret = shared(self._private, challenges.registry_key(encr_public_key))
        padder = padding.PKCS7(_BLOCK_BITS).padder()
        padded = padder.update(word.encode()) + padder.finalize()
        # As networks ask it; the word is no secret of anybody.
        cipher = Cipher(algorithms.AES(secret), modes.ECB())  # noqa: S305
        encryptor = cipher.encryptor()
        return public_text(encryptor.update(padded) + encryptor.finalize())

    def _write(  # noqa: PLR0917 - a line is this much
        self, action: str, to: Entry, raw: bytes, ms: float, status: int, says: str
    ) -> None:
        key = f"{to['subscriber_id']}|{to['key_id']}"
        self.wire.write(
            Line(
                clock.now(),
                NAME,
                to["subscriber_id"],
                action,
                str(status),
                (key,) if status == HTTPStatus.OK else (),
                ms,
                says,
                raw=raw,
            )
        )


def create(roll: Roll) -> Flask:
    """Make the registry's app: `/lookup` and `/subscribe`."""
    app = Flask("network.registry", static_folder=None)

    @app.post("/lookup")
    def lookup() -> Response:
        raw, began = request.get_data(), time.perf_counter()
        try:
            key = roll.asker(raw, request.headers.get("Authorization"))
            wanted = _thing(raw)
        except SignatureError as exc:
            _written(roll, "lookup", raw, began, flaw=exc.flaw)
            return _refused(HTTPStatus.UNAUTHORIZED, exc.flaw)
        found = roll.like(wanted)
        _written(roll, "lookup", raw, began, key, says=_sought(wanted, found))
        return jsonify(found)

    @app.post("/subscribe")
    def subscribe() -> Response:
        raw, began = request.get_data(), time.perf_counter()
        try:
            entry = _asked(raw, request.headers.get("Authorization"))
        except SignatureError as exc:
            _written(roll, "subscribe", raw, began, flaw=exc.flaw)
            return _refused(HTTPStatus.UNAUTHORIZED, exc.flaw)
        except (KeyError, ValueError, ChallengeError):
            return _refused(HTTPStatus.BAD_REQUEST, "it cannot be read")
        entry["status"] = SUBSCRIBED if roll.challenge(entry) else REFUSED
        roll.enter(entry)
        key = f"{entry['subscriber_id']}|{entry['key_id']}"
        _written(roll, "subscribe", raw, began, key, says=entry["status"])
        return jsonify(status=entry["status"])

    return app


def _asked(raw: bytes, header: str | None) -> Entry:
    """Read who wants to be subscribed; the key they bring must have signed it."""
    told = _thing(raw)
    said = parse(header)
    if (said.subscriber_id, said.key_id) != (told["subscriber_id"], told["key_id"]):
        raise SignatureError(Flaw.OTHER)
    said.check(raw, _public(told), now=clock.now())
    challenges.registry_key(told["encr_public_key"])
    wanted = ("subscriber_id", "url", "type", "key_id", "signing_public_key")
    more = ("encr_public_key", "valid_from", "valid_until")
    return {name: str(told[name]) for name in (*wanted, *more)}


def _thing(raw: bytes) -> Entry:
    told = json.loads(raw)
    if not isinstance(told, dict):
        raise SignatureError(Flaw.MALFORMED)
    return told


def _public(entry: Entry) -> Ed25519PublicKey:
    try:
        raw = base64.b64decode(str(entry["signing_public_key"]), validate=True)
        return Ed25519PublicKey(raw)
    except ValueError:
        raise SignatureError(Flaw.MALFORMED) from None


def _sought(wanted: Entry, found: list[Entry]) -> str:
    whom = wanted.get("subscriber_id") or f"every {wanted.get('type', 'subscriber')}"
    return f"{whom}: {len(found)} found"


def _written(
    roll: Roll,
    action: str,
    raw: bytes,
    began: float,
    key: str = "",
    *,
    says: str = "",
    flaw: str = "",
) -> None:
    whose = key.partition("|")[0] or "somebody"
    status = HTTPStatus.UNAUTHORIZED if flaw else HTTPStatus.OK
    ms = round((time.perf_counter() - began) * 1000, 1)
    keys = (key,) if key else ()
    now = clock.now()
    roll.wire.write(
        Line(now, whose, NAME, action, f"{status:d}", keys, ms, says, flaw, raw=raw)
    )


def _refused(status: HTTPStatus, why: str) -> Response:
    response = jsonify(error={"message": why})
    response.status_code = status
    return response
