"""The brake on who tries too often, counted in Redis for all doors."""

from functools import cache, partial

from flask import Flask, Response, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse
from redis.exceptions import RedisError

from app.core.settings import Settings
from app.doors import lean

limiter = Limiter(key_func=get_remote_address, headers_enabled=False)

_PREFIX = "baari:signing"
_SETTLING = "baari.settling"
_read = cache(parse)


def init_app(app: Flask, settings: Settings) -> None:
    """Count tries in Redis; while it is away, in this process."""
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
    # What counts by its answer looks at it, and no other does.
    app.extensions[_SETTLING] = lean.drop(app.after_request_funcs[None], limiter)


def settle(response: Response) -> Response:
    """
    Count by what was answered, where a limit deducts only then.

    For `after_request` of every blueprint that has such a limit.
    """
    for each in current_app.extensions[_SETTLING]:
        response = each(response)
    return response


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
