"""
Who is in the network, as its registry says: asked when needed, kept for minutes.

A key is found by subscriber and key id together; the first of several answers is nobody
in particular. Source: registry of core 1.1.1, `POST /lookup`.
"""

import base64
import binascii
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from beckn.trust.calling import AddressRefusedError, Answer, UnreachableError
from beckn.trust.errors import Flaw, SignatureError

KEPT = timedelta(minutes=10)
# Who is not there may be tomorrow, and a key may be changed under its name; but not
# each message with a false signature asks anew.
KEPT_AT_LEAST = timedelta(seconds=30)
MOST_KEPT = 2000
_SUBSCRIBED = "SUBSCRIBED"
_KEY_BYTES = 32


class Role(StrEnum):
    """What somebody is in the network."""

    BAP = "BAP"
    BPP = "BPP"
    BG = "BG"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One key of somebody in the network, and when it is valid."""

    subscriber_id: str
    url: str
    role: Role
    domain: str
    key_id: str
    public: Ed25519PublicKey
    valid_from: datetime
    valid_until: datetime

    def require(self, role: Role, *, now: datetime) -> None:
        """
        Hold it against the role it is needed in, and the clock.

        :raises SignatureError: if it is another, or not valid now
        """
        if self.role is not role:
            raise SignatureError(Flaw.ROLE)
        if not self.valid_from <= now <= self.valid_until:
            raise SignatureError(Flaw.RETIRED)


class Registry(Protocol):
    """Where keys are looked up."""

    def find(
        self, subscriber_id: str, key_id: str, *, now: datetime, fresh: bool = False
    ) -> Subscriber:
        """
        Give whose key it is; with `fresh` not as it was minutes ago.

        :raises SignatureError: if nobody subscribed has it, or nobody can be asked
        """


Post = Callable[[str, bytes, Mapping[str, str]], Answer]
Sign = Callable[[bytes, datetime], Mapping[str, str]]


class HttpRegistry:
    """The registry at an address, with a memory of its own in each process."""

    def __init__(self, url: str, *, post: Post, sign: Sign) -> None:
        self._url = f"{url}/lookup"
        self._post = post
        self._sign = sign
        # When each was asked for, and what was answered.
        self._kept: dict[tuple[str, str], tuple[datetime, Subscriber | None]] = {}
        self._alone = threading.Lock()

    def find(
        self, subscriber_id: str, key_id: str, *, now: datetime, fresh: bool = False
    ) -> Subscriber:
        """
        Give whose key it is; with `fresh` not as it was minutes ago.

        :raises SignatureError: if nobody subscribed has it, or nobody can be asked
        """
        name = (subscriber_id, key_id)
        with self._alone:
            asked, found = self._kept.get(name, (None, None))
        lasts = KEPT_AT_LEAST if fresh or found is None else KEPT
        if asked is None or asked + lasts <= now:
            found = self._asked(subscriber_id, key_id, now=now)
            self._keep(name, found, now=now)
        if found is None:
            raise SignatureError(Flaw.UNKNOWN)
        return found

    def _keep(
        self, name: tuple[str, str], found: Subscriber | None, *, now: datetime
    ) -> None:
        with self._alone:
            if len(self._kept) >= MOST_KEPT:
                # Whoever asks for names without end empties the memory, no more.
                self._kept.clear()
            self._kept[name] = (now, found)

    def _asked(
        self, subscriber_id: str, key_id: str, *, now: datetime
    ) -> Subscriber | None:
        wanted = {"subscriber_id": subscriber_id, "key_id": key_id}
        raw = json.dumps(wanted).encode()
        headers = {"Content-Type": "application/json", **self._sign(raw, now)}
        try:
            answer = self._post(self._url, raw, headers)
            told = json.loads(answer.body) if answer.status == 200 else None
        except (AddressRefusedError, UnreachableError, ValueError):
            raise SignatureError(Flaw.UNASKED) from None
        if not isinstance(told, list):
            raise SignatureError(Flaw.UNASKED)
        for each in told:
            if isinstance(each, dict) and _is(each, subscriber_id, key_id):
                return _read(each)
        return None


def _is(told: Mapping[str, Any], subscriber_id: str, key_id: str) -> bool:
    return (
        told.get("subscriber_id") == subscriber_id
        and told.get("key_id") == key_id
        and told.get("status") == _SUBSCRIBED
    )


def _read(told: Mapping[str, Any]) -> Subscriber | None:
    """Read an entry; one that cannot be read is none."""
    try:
        raw = base64.b64decode(told["signing_public_key"], validate=True)
        return Subscriber(
            subscriber_id=told["subscriber_id"],
            url=str(told["url"]),
            role=Role(told["type"]),
            domain=str(told.get("domain", "")),
            key_id=told["key_id"],
            public=_public(raw),
            valid_from=_moment(told["valid_from"]),
            valid_until=_moment(told["valid_until"]),
        )
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None


def _public(raw: bytes) -> Ed25519PublicKey:
    """Read a key as core networks write it, or as UHI does: with its kind, as DER."""
    if len(raw) == _KEY_BYTES:
        return Ed25519PublicKey.from_public_bytes(raw)
    found = load_der_public_key(raw)
    if not isinstance(found, Ed25519PublicKey):
        raise TypeError
    return found


def _moment(written: str) -> datetime:
    found = datetime.fromisoformat(written)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
