"""
Short-lived copies in Redis of what the database says.

A copy lives a second at the most, so a lost nudge shows for that long and no longer.
Redis away or hung means that there are no copies: whoever asks reads the database.
"""

import time

from redis.exceptions import RedisError

from app.core.locks import REST_S, client

TTL_MS = 1000

# Forget one copy, and all of a group, if there is one, in one step.
_DROP = """
for _, name in ipairs(KEYS[2] and redis.call('SMEMBERS', KEYS[2]) or {}) do
  redis.call('DEL', name)
end
return redis.call('DEL', KEYS[1])
"""


class Copies:
    """Keep some words by name; forget them after a second."""

    def __init__(self, url: str | None) -> None:
        """Make the client; nothing is sent yet. None means: there is no Redis."""
        self._redis = None if url is None else client(url)
        self._rest_until = 0.0

    def read(self, name: str) -> str | None:
        """Give the copy, if there is one."""
        if self._redis is None or self._resting():
            return None
        try:
            found = self._redis.get(_key(name))
        except RedisError:
            self._rest()
            return None
        return found.decode() if isinstance(found, bytes) else None

    def write(self, name: str, words: str, group: str | None = None) -> None:
        """Keep a copy for a second; all of a group can be forgotten together."""
        if self._redis is None or self._resting():
            return
        try:
            with self._redis.pipeline(transaction=False) as sent:
                sent.set(_key(name), words, px=TTL_MS)
                if group is not None:
                    sent.sadd(_key(group), _key(name))
                    # It outlives the copies it names, and no more.
                    sent.pexpire(_key(group), 2 * TTL_MS)
                sent.execute()
        except RedisError:
            self._rest()

    def drop(self, name: str, group: str | None = None) -> None:
        """Forget a copy at once, and all of a group."""
        if self._redis is None or self._resting():
            return
        try:
            names = [_key(name)] + ([] if group is None else [_key(group)])
            self._redis.eval(_DROP, len(names), *names)
        except RedisError:
            self._rest()

    def _resting(self) -> bool:
        return time.monotonic() < self._rest_until

    def _rest(self) -> None:
        self._rest_until = time.monotonic() + REST_S


def _key(name: str) -> str:
    return f"{{baari}}:copy:{name}"


_copies = Copies(None)


def use(url: str | None) -> None:
    """Say at composition which Redis the process keeps copies in."""
    global _copies  # noqa: PLW0603 - one process, one Redis
    _copies = Copies(url)


def read(name: str) -> str | None:
    """Give the copy of that name, if there is one."""
    return _copies.read(name)


def write(name: str, words: str, group: str | None = None) -> None:
    """Keep a copy for a second; all of a group can be forgotten together."""
    _copies.write(name, words, group)


def drop(name: str, group: str | None = None) -> None:
    """Forget a copy at once, and all of a group."""
    _copies.drop(name, group)
