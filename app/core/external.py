"""Servers given by URL: are they there, and are they new enough?"""

from contextlib import closing

import psycopg
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url

from app.core.settings import SettingError, Settings, without_password

# As PostgreSQL counts: 150000 is 15.0.
OLDEST_POSTGRES = 150_000
OLDEST_REDIS = (6, 2)
_PATIENCE_S = 5


def check(settings: Settings) -> None:
    """
    Ask each server that is given by URL for its version.

    :raises SettingError: if one cannot be reached or is too old
    """
    if settings.database_url is not None:
        _check_postgres(settings.database_url)
    if settings.redis_url is not None:
        _check_redis(settings.redis_url)


def require_postgres(version: int) -> None:
    """
    Refuse a PostgreSQL too old, by the number it gives itself (150004 is 15.4).

    :raises SettingError: if it is older than 15
    """
    if version < OLDEST_POSTGRES:
        raise SettingError(
            "DATABASE_URL",
            f"that server is PostgreSQL {version // 10_000}, and Baari needs"
            f" {OLDEST_POSTGRES // 10_000} or newer",
            "Upgrade it, or leave DATABASE_URL unset to use the embedded server.",
        )


def require_redis(version: str) -> None:
    """
    Refuse a Redis too old, by the name it gives its version (6.2.14).

    :raises SettingError: if it is older than 6.2
    """
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST_REDIS:
        raise SettingError(
            "REDIS_URL",
            f"that server is Redis {version}, and Baari needs 6.2 or newer",
            "Upgrade it, or leave REDIS_URL unset to use the embedded server.",
        )


def _check_postgres(url: str) -> None:
    parts = make_url(url)
    # Word by word: as one address, SQLAlchemy and libpq differ about a space.
    _, words = parts.get_dialect()().create_connect_args(parts)
    try:
        with closing(
            psycopg.connect(**{**words, "connect_timeout": _PATIENCE_S})
        ) as connection:
            version = connection.info.server_version
    except psycopg.Error as exc:
        raise SettingError(
            "DATABASE_URL",
            f"no PostgreSQL to use at {without_password(url)} ({_brief(exc)})",
            "Start that server or correct the address,"
            " or leave DATABASE_URL unset to use the embedded server.",
        ) from exc
    require_postgres(version)


def _check_redis(url: str) -> None:
    try:
        with closing(
            Redis.from_url(
                url, socket_timeout=_PATIENCE_S, socket_connect_timeout=_PATIENCE_S
            )
        ) as client:
            version = str(client.info("server")["redis_version"])
    except (RedisError, ValueError, OSError) as exc:
        raise SettingError(
            "REDIS_URL",
            f"no Redis to use at {without_password(url)} ({_brief(exc)})",
            "Start that server or correct the address,"
            " or leave REDIS_URL unset to use the embedded server.",
        ) from exc
    require_redis(version)


def _brief(error: Exception) -> str:
    """Give the first line of what a library says; the rest is advice for others."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
