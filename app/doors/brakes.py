"""The brake on who tries too often, counted in Redis for all doors."""

from collections.abc import Iterable
from functools import cache, partial

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse
from redis.exceptions import RedisError

from app.core.settings import Settings
from app.doors import lean

limiter = Limiter(key_func=get_remote_address, headers_enabled=False)

_PREFIX = "baari:signing"
_read = cache(parse)


def init_app(app: Flask, settings: Settings, *, by_answer: Iterable[str]) -> None:
    """
    Count tries in Redis; while it is away, in this process.

    `by_answer` names the blueprints whose limits count by what was answered.
    """
    app.config.update(
        RATELIMIT_STORAGE_URI=_storage(settings.redis_url),
        RATELIMIT_STORAGE_OPTIONS={
            "socket_timeout": 1.0,
            "socket_connect_timeout": 1.0,
        },
        # Redis away must not lock anybody out, nor leave the door without a brake.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_KEY_PREFIX=_PREFIX,
    )
    limiter.init_app(app)
    # Each limit stands on a view, which asks it; no other request has to.
    lean.drop(app.before_request_funcs[None], limiter)
    # What is counted by its answer is of these doors alone.
    counted = lean.drop(app.after_request_funcs[None], limiter)
    for name in by_answer:
        app.after_request_funcs.setdefault(name, []).extend(counted)


def count(limit: str, key: str, scope: str) -> None:
    """
    Count one more by a key, under a limit such as "60/minute".

    To look for what limits a view may have beside it takes longer than many a view. So
    Redis is asked outright, and the library only when there is no room or no Redis: it
    then counts in this process, and finds out when Redis is back.

    :raises RateLimitExceeded: if there were too many
    """
    if not _has_room(_read(limit), key, scope):
        with limiter.shared_limit(limit, scope, key_func=partial(str, key)):
            pass


def _has_room(limit: RateLimitItem, key: str, scope: str) -> bool:
    strategy = limiter.limiter
    if strategy.storage is not limiter.storage:
        return False
    try:
        return strategy.hit(limit, _PREFIX, key, scope)
    except RedisError:
        return False


def _storage(redis_url: str | None) -> str:
    if redis_url is None:
        return "memory://"
    return f"redis+{redis_url}" if redis_url.startswith("unix://") else redis_url
