"""What the network's door is composed of; each part is put in where the app is made."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Flask
from msgspec import Struct

from beckn.context import Context
from beckn.dialects.dialect import Dialect
from beckn.results import Ordered

# One message of an answer, as {"message": …}; a search may be answered by several.
Answers = dict[str, Any] | Sequence[dict[str, Any]]


class Subscriber(Protocol):
    """Who stands in the registry."""

    @property
    def subscriber_id(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def key_id(self) -> str:
        """Give the key that signed; empty where nobody has to sign."""

    def serves(self, domain: str) -> bool:
        """Tell whether the registry has them in that domain."""


class Sender(Protocol):
    """Whose signatures a message bears: of a buyer's app, and of a gateway if any."""

    @property
    def bap(self) -> Subscriber: ...

    @property
    def gateway(self) -> Subscriber | None: ...


class Reply(Protocol):
    """What the other side answered to what we posted."""

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> bytes: ...


class NotDeliveredError(Exception):
    """No answer was had; `final` if it would be so again, as for a refused address."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Who(Protocol):
    def __call__(
        self, raw: bytes, headers: Mapping[str, str], *, dialect: Dialect, now: datetime
    ) -> Sender:
        """
        Tell who signed these bytes, in the way of this dialect.

        :raises SignatureError: if nobody vouches for them
        """


class Do(Protocol):
    def __call__(
        self, action: str, context: Context, message: dict[str, Any], *, now: datetime
    ) -> Answers:
        """
        Do what a message asks, in the caller's transaction, and give the answer to it.

        :raises Problem: for a refusal; it is told by a callback of its own
        """


class News(Protocol):
    def __call__(self, told: Ordered, context: Context) -> dict[str, Any]:
        """Write what became of an order as the "message" to who asked so for it."""


class Sign(Protocol):
    def __call__(
        self, raw: bytes, *, dialect: Dialect, now: datetime
    ) -> Mapping[str, str]:
        """Give the headers that vouch for these bytes, in the way of this dialect."""


class Post(Protocol):
    def __call__(
        self, url: str, raw: bytes, headers: Mapping[str, str], *, registered: str
    ) -> Reply:
        """
        Post these bytes; `registered` is the address the registry has of who gets them.

        :raises NotDeliveredError: if there was no answer
        """


class Key(Protocol):
    def __call__(self, *, now: datetime) -> "OwnKey | None":
        """Give the key that signs, if one is valid."""


class OwnKey(Struct, frozen=True):
    """The key that we sign with, and until when."""

    id: str
    valid_until: datetime


def keyless(*, now: datetime) -> OwnKey | None:
    """Have no key that could run out."""


class Check(Protocol):
    def __call__(self, action: str, context: Context, message: dict[str, Any]) -> None:
        """
        Refuse at once what can never be done; all else is answered by a callback.

        :raises Problem: if it cannot be
        """


def anything(action: str, context: Context, message: dict[str, Any]) -> None:
    """Take a message as it is; what is wrong with it is told by the callback."""


class Network(Struct, frozen=True, kw_only=True):
    """
    One network, and who we are in it: `id` and `url` as they stand in its registry.

    `check` refuses at once what can never be done. Times that tell no zone are of
    `zone`, or of the dialect's if that is None. `undated` are subscribers whose
    messages may be as old as they like: test harnesses replay them. `kept_days` is how
    long people stay named in what was said. Without `news` buyers are told only what
    they ask. `per_subscriber` and `per_address` are how often each may ask, as in
    "600/minute"; without them, as often as they like.
    """

    id: str
    url: str
    who: Who
    do: Do
    sign: Sign
    post: Post
    check: Check = anything
    news: News | None = None
    key: Key = keyless
    domains: tuple[str, ...] = ("",)
    zone: ZoneInfo | None = None
    undated: frozenset[str] = frozenset()
    echo: bool = False
    kept_days: int = 90
    per_subscriber: str = ""
    per_address: str = ""


_NAME = "beckn"


def use(app: Flask, network: Network | None) -> None:
    """Let the app take part in this network, or in none."""
    app.extensions[_NAME] = network


def network_of(app: Flask) -> Network | None:
    """Give the network this app takes part in, if it does."""
    found: Network | None = app.extensions.get(_NAME)
    return found
