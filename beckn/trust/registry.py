"""
Who is in the network, as its registry says: asked when needed, kept for minutes.

A key is found by subscriber, key id and role together, among what is valid now: the
first of several answers is nobody in particular. Source: registry of core 1.1.1, `POST
/lookup`.
"""

import base64
import binascii
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from msgspec import Struct
from msgspec.structs import replace

from beckn.trust.calling import AddressRefusedError, Answer, UnreachableError
from beckn.trust.curves import Ed25519PublicKey, ed25519
from beckn.trust.errors import Flaw, SignatureError

KEPT = timedelta(minutes=10)
# Who is not there may be tomorrow, and a key may be changed under its name; but not
# each message with a false signature asks anew.
KEPT_AT_LEAST = timedelta(seconds=30)
MOST_KEPT = 2000
_SUBSCRIBED = "SUBSCRIBED"


class Role(StrEnum):
    """What somebody is in the network."""

    BAP = "BAP"
    BPP = "BPP"
    BG = "BG"


class Subscriber(Struct, frozen=True):
    """
    One key of somebody in the network, and when it is valid.

    `domains` are those the key is registered for; without any, it is for all of them.
    """

    subscriber_id: str
    url: str
    role: Role
    domains: tuple[str, ...]
    key_id: str
    public: Ed25519PublicKey
    valid_from: datetime
    valid_until: datetime

    def is_valid(self, now: datetime) -> bool:
        return self.valid_from <= now <= self.valid_until

    def serves(self, domain: str) -> bool:
        """Tell whether a domain is one of theirs; versions come after its name."""
        return not self.domains or any(
            domain == each or domain.startswith(f"{each.removesuffix(':')}:")
            for each in self.domains
        )


class KeyName(NamedTuple):
    """By what a key is known; a key id alone is nobody's."""

    subscriber_id: str
    key_id: str


class Registry(Protocol):
    """Where keys are looked up."""

    def find(
        self, key: KeyName, role: Role, *, now: datetime, fresh: bool = False
    ) -> Subscriber:
        """
        Give who has that key in that role now; `fresh` is not as it was minutes ago.

        :raises SignatureError: if nobody subscribed has it, in that role and at this
            time, or nobody can be asked
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
        self._kept: dict[KeyName, tuple[datetime, tuple[Subscriber, ...]]] = {}
        self._alone = threading.Lock()

    def find(
        self, key: KeyName, role: Role, *, now: datetime, fresh: bool = False
    ) -> Subscriber:
        """
        Give who has that key in that role now; `fresh` is not as it was minutes ago.

        :raises SignatureError: if nobody subscribed has it, in that role and at this
            time, or nobody can be asked
        """
        with self._alone:
            asked, found = self._kept.get(key, (None, ()))
        lasts = KEPT_AT_LEAST if fresh or not found else KEPT
        if asked is None or asked + lasts <= now:
            found = self._asked(key, now=now)
            self._keep(key, found, now=now)
        return _chosen(found, role, now=now)

    def _keep(
        self, key: KeyName, found: tuple[Subscriber, ...], *, now: datetime
    ) -> None:
        with self._alone:
            if len(self._kept) >= MOST_KEPT:
                # Whoever asks for names without end empties the memory, no more.
                self._kept.clear()
            self._kept[key] = (now, found)

    def _asked(self, key: KeyName, *, now: datetime) -> tuple[Subscriber, ...]:
        """Give all that the registry has under the name of that key."""
        wanted = {"subscriber_id": key.subscriber_id, "key_id": key.key_id}
        raw = json.dumps(wanted).encode()
        headers = {"Content-Type": "application/json", **self._sign(raw, now)}
        try:
            answer = self._post(self._url, raw, headers)
            told = json.loads(answer.body) if answer.status == 200 else None
        except (AddressRefusedError, UnreachableError, ValueError):
            raise SignatureError(Flaw.UNASKED) from None
        if not isinstance(told, list):
            raise SignatureError(Flaw.UNASKED)
        ours = [each for each in told if isinstance(each, dict) and _is(each, key)]
        return tuple(found for each in ours if (found := _read(each)))


def _chosen(entries: Sequence[Subscriber], role: Role, *, now: datetime) -> Subscriber:
    """
    Choose among the entries of one key the newest that is of use, for all its domains.

    :raises SignatureError: saying what all of them lack
    """
    if not entries:
        raise SignatureError(Flaw.UNKNOWN)
    in_role = [each for each in entries if each.role is role]
    if not in_role:
        raise SignatureError(Flaw.ROLE)
    valid = [each for each in in_role if each.is_valid(now)]
    if not valid:
        raise SignatureError(Flaw.RETIRED)
    first = max(valid, key=lambda each: each.valid_from)
    # Some registries have an entry for each domain, under one key and address.
    same = [
        each.domains
        for each in valid
        if each.url == first.url and each.public == first.public
    ]
    domains = () if () in same else tuple(name for each in same for name in each)
    return replace(first, domains=domains)


def _is(told: Mapping[str, Any], key: KeyName) -> bool:
    return (
        told.get("subscriber_id") == key.subscriber_id
        and told.get("key_id") == key.key_id
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
            domains=(str(told["domain"]),) if told.get("domain") else (),
            key_id=told["key_id"],
            public=ed25519(raw),
            valid_from=_moment(told["valid_from"]),
            valid_until=_moment(told["valid_until"]),
        )
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None


def _moment(written: str) -> datetime:
    found = datetime.fromisoformat(written)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
