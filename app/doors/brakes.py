"""The brake on who tries too often, counted in Redis for all doors."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.core.settings import Settings

limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


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
        RATELIMIT_KEY_PREFIX="baari:signing",
    )
    limiter.init_app(app)
    # Each limit stands on a view, which asks it; no other request has to.
    hooks = app.before_request_funcs[None]
    hooks[:] = [each for each in hooks if getattr(each, "__self__", None) != limiter]


def _storage(redis_url: str | None) -> str:
    if redis_url is None:
        return "memory://"
    return f"redis+{redis_url}" if redis_url.startswith("unix://") else redis_url
