"""
Who sent a message: a buyer's app, and the gateway it came through, if it did.

The order is that of the network's papers: header, clock, registry, role, signature.
That the signer is who the message names is for the caller, who reads it only then.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.registry import KeyName, Registry, Role, Subscriber
from beckn.trust.signatures import COVERED, Signature

BUYER = "Authorization"
# Older gateways send the second name.
GATEWAY = ("X-Gateway-Authorization", "Proxy-Authorization")

# What may be mended by asking the registry anew.
_MAY_BE_OLD = frozenset({Flaw.FALSE, Flaw.RETIRED, Flaw.ROLE})

Parse = Callable[[str | None], Signature]


class Sender(Struct, frozen=True):
    """Whose signatures these are."""

    bap: Subscriber
    gateway: Subscriber | None


class GatewayError(SignatureError):
    """It is the gateway's signature that is not believed."""


def sender(
    raw: bytes,
    headers: Mapping[str, str],
    *,
    parse: Parse,
    registry: Registry,
    now: datetime,
) -> Sender:
    """
    Tell who vouches for these bytes.

    :raises GatewayError: if a gateway's signature is there and is not believed
    :raises SignatureError: if the buyer's is missing or is not believed
    """
    given = {name.lower(): value for name, value in headers.items()}
    look = _Look(raw, parse, registry, now)
    bap = look.at(given.get(BUYER.lower()), Role.BAP)
    passed = next((given[n.lower()] for n in GATEWAY if n.lower() in given), None)
    if passed is None:
        return Sender(bap, None)
    try:
        return Sender(bap, look.at(passed, Role.BG))
    except SignatureError as exc:
        raise GatewayError(exc.flaw) from None


def challenge(subscriber_id: str, error: SignatureError) -> tuple[str, str]:
    """Give the header of a 401: its name by whose signature failed, and its value."""
    by_gateway = isinstance(error, GatewayError)
    name = "Proxy-Authenticate" if by_gateway else "WWW-Authenticate"
    return name, f'Signature realm="{subscriber_id}",headers="{COVERED}"'


class _Look(Struct, frozen=True):
    """Bytes to be vouched for, and what a signature of them is held against."""

    raw: bytes
    parse: Parse
    registry: Registry
    now: datetime

    def at(self, header: str | None, role: Role) -> Subscriber:
        signature = self.parse(header)
        signature.check_time(now=self.now)
        try:
            return self._believed(signature, role, fresh=False)
        except SignatureError as exc:
            if exc.flaw not in _MAY_BE_OLD:
                raise
            # The key may have been changed under its name since it was looked up.
            return self._believed(signature, role, fresh=True)

    def _believed(self, signature: Signature, role: Role, *, fresh: bool) -> Subscriber:
        key = KeyName(signature.subscriber_id, signature.key_id)
        found = self.registry.find(key, role, now=self.now, fresh=fresh)
        signature.check(self.raw, found.public, now=self.now)
        return found
