"""What a dialect is: how the buyers of one kind of network write, sign and count."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from beckn.actions import Action
from beckn.commands import Command
from beckn.context import Context, Wire
from beckn.problems import Problem
from beckn.results import Result
from beckn.trust.signatures import Signature, Signer


class Callback(Protocol):
    def __call__(
        self,
        asked: Context,
        action: str,
        *,
        bpp_id: str,
        bpp_uri: str,
        message_id: str,
    ) -> dict[str, Any]:
        """Write the context of a message back to who asked, but for its time."""


class Write(Protocol):
    def __call__(self, result: Result, *, house: str) -> list[dict[str, Any]]:
        """Write a result as one message or several; links of it lead to `house`."""


class Sign(Protocol):
    def __call__(
        self, signer: Signer, raw: bytes, /, *, now: datetime, lasts: timedelta
    ) -> str:
        """Give the header that vouches for these bytes."""


def by_message_id(context: Context, raw: bytes) -> str:
    """Name a message as its buyer does."""
    del raw
    return context.message_id


class Dialect(Struct, frozen=True, kw_only=True):
    """
    All that is said in one way on one kind of network; what is done is neutral.

    A body is of it by `buyer`, the field that names the buyer, and by `domains`, which
    say how those begin that are written in it alone; without any, all others are.

    `zone` is that of times that tell none. `read` and `command` raise a Problem of what
    cannot be meant. `actions` are what one may ask in it. `known_as` names a message
    among those of its transaction and action: of two by one name, one is a copy.
    `schemas` are what its messages to buyers are like, by action. A signature of ours
    `lasts` so long.
    """

    wire: Wire
    buyer: str
    domains: tuple[str, ...]
    actions: frozenset[Action]
    zone: ZoneInfo
    read: Callable[[Mapping[str, Any], ZoneInfo], Context]
    callback: Callback
    command: Callable[[str, dict[str, Any]], Command]
    messages: Write
    schemas: Mapping[str, dict[str, Any]]
    error: Callable[[Problem], dict[str, Any]]
    parse: Callable[[str | None], Signature]
    sign: Sign
    lasts: timedelta
    known_as: Callable[[Context, bytes], str] = by_message_id
