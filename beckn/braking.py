"""The brake on who asks too often: by address, and by who signed the message."""

from datetime import datetime

from flask import Response
from flask_limiter import RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits import parse

from app.doors import brakes
from beckn import tallies
from beckn.door import Network
from beckn.tallies import Turned

# A registry asks once for each key; it may have several, and ask again.
CHALLENGES = "60/minute"


def by_address(network: Network, *, now: datetime) -> None:
    """
    Count a message before anybody looks at it.

    :raises RateLimitExceeded: if there were too many from there
    """
    address = get_remote_address()
    _count(network.per_address, address, "address", address=address, now=now)


def by_subscriber(network: Network, subscriber_id: str, *, now: datetime) -> None:
    """
    Count a message of who has proved to be them: nobody uses up what is another's.

    :raises RateLimitExceeded: if they sent too many
    """
    limit, key = network.per_subscriber, subscriber_id
    _count(limit, key, "subscriber", subscriber=key, now=now)


def of_challenges(*, now: datetime) -> None:
    """
    Count a question of a registry: each costs a decryption, and nobody signs it.

    :raises RateLimitExceeded: if there were too many from there
    """
    address = get_remote_address()
    _count(CHALLENGES, address, "challenge", address=address, now=now)


def _count(
    limit: str,
    key: str,
    scope: str,
    *,
    subscriber: str = "",
    address: str = "",
    now: datetime,
) -> None:
    if not limit:
        return
    try:
        brakes.count(limit, key, f"beckn:{scope}")
    except RateLimitExceeded:
        tallies.count(Turned.BRAKED, subscriber, address, now=now)
        raise


def tell_when(response: Response, exceeded: RateLimitExceeded) -> None:
    """Say after how long there is room again, at the latest."""
    response.headers["Retry-After"] = str(exceeded.limit.limit.get_expiry())


def is_limit(written: str) -> bool:
    """Tell whether a limit can be read, as in "600/minute"."""
    try:
        return parse(written) is not None
    except ValueError:
        return False
