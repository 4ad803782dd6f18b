"""
Redis locks: a courtesy that keeps rivals from queueing inside PostgreSQL.

The database decides; these only spare it. Redis away, hung or contended never stops or
corrupts a booking: after a short wait the caller goes on without (docs/adr/002).
"""

import logging
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.core import turnstile

log = logging.getLogger(__name__)

TTL_MS = 10_000
WAIT_S = 0.05
POLL_S = 0.003
# After a failure Redis is left alone for a while: a hung server costs one time-out,
# not one for every booking.
REST_S = 2.0

# All keys or none, in one step; the token is the owner.
_TAKE = """
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then return 0 end
end
for _, key in ipairs(KEYS) do
  redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
end
return 1
"""
_RELEASE = """
for _, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
end
return 1
"""


class Locks:
    """Take several named locks together, or go on without them."""

    def __init__(self, url: str | None) -> None:
        """Make the client; nothing is sent yet. None means: there is no Redis."""
        self._redis = None if url is None else client(url)
        self._rest_until = 0.0

    @contextmanager
    def hold(self, keys: Iterable[str]) -> Iterator[bool]:
        """Hold all keys for the block if Redis grants them; say whether it did."""
        names = [f"{{baari}}:lock:{key}" for key in sorted(set(keys))]
        owner = secrets.token_hex(16)
        held = bool(names) and self._take(names, owner)
        try:
            yield held
        finally:
            if held:
                self._ask(_RELEASE, names, owner)

    def _take(self, names: list[str], owner: str) -> bool:
        give_up = time.monotonic() + WAIT_S
        with turnstile.aside():
            while (answer := self._ask(_TAKE, names, owner, TTL_MS)) == 0:
                if time.monotonic() >= give_up:
                    return False
                time.sleep(POLL_S)
        return answer == 1

    def _ask(self, script: str, names: list[str], *args: str | int) -> int | None:
        if self._redis is None or time.monotonic() < self._rest_until:
            return None
        try:
            return int(self._redis.eval(script, len(names), *names, *args))
        except RedisError as exc:
            self._rest_until = time.monotonic() + REST_S
            log.warning("redis is away, booking goes on without it: %s", exc)
            return None


def client(url: str) -> Redis:
    """Make a Redis client that answers or fails within 50 ms a call."""
    return Redis.from_url(
        url,
        socket_timeout=0.05,
        socket_connect_timeout=0.05,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


_locks = Locks(None)


def use(url: str | None) -> None:
    """Say at composition which Redis the process locks with."""
    global _locks  # noqa: PLW0603 - one process, one Redis
    _locks = Locks(url)


def hold(keys: Iterable[str]) -> AbstractContextManager[bool]:
    """Hold all keys for a `with` block, or go on without when Redis does not grant."""
    return _locks.hold(keys)
