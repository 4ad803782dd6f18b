"""The brake on who asks too often: by address, and by who signed the message."""

from functools import partial

from flask import Response
from flask_limiter import RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits import parse

from app.doors import brakes
from beckn.door import Network


def by_address(network: Network) -> None:
    """
    Count a message before anybody looks at it.

    :raises RateLimitExceeded: if there were too many from there
    """
    _count(network.per_address, get_remote_address(), "address")


def by_subscriber(network: Network, subscriber_id: str) -> None:
    """
    Count a message of who has proved to be them: nobody uses up what is another's.

    :raises RateLimitExceeded: if they sent too many
    """
    _count(network.per_subscriber, subscriber_id, "subscriber")


def _count(limit: str, key: str, scope: str) -> None:
    if not limit:
        return
    with brakes.limiter.limit(
        limit, key_func=partial(str, key), scope=f"beckn:{scope}"
    ):
        pass


def tell_when(response: Response, exceeded: RateLimitExceeded) -> None:
    """Say after how long there is room again, at the latest."""
    response.headers["Retry-After"] = str(exceeded.limit.limit.get_expiry())


def is_limit(written: str) -> bool:
    """Tell whether a limit can be read, as in "600/minute"."""
    try:
        return parse(written) is not None
    except ValueError:
        return False
