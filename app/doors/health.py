"""Is the process up, and is it ready to serve? For supervisors and load balancers."""

import logging
from collections.abc import Callable
from contextlib import closing

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import text

from app.core import schema
from app.core.db import db, together
from app.core.settings import Settings

log = logging.getLogger(__name__)

bp = Blueprint("health", __name__)

_PATIENCE_S = 2
# A job writes this down every minute; after three missed ones it is gone.
BEAT = "baari:jobs:beat"
BEAT_LASTS_S = 180


class NotReadyError(Exception):
    """A check did not hold; its text may be told to anybody."""


def init_app(app: Flask) -> None:
    """Register the routes, and learn which migration is the newest."""
    # Read once: the files do not change under a running process.
    app.extensions["baari.heads"] = schema.heads()
    app.register_blueprint(bp)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    checks = {name: _hold(check) for name, check in CHECKS.items()}
    ready = all(answer == "ok" for answer in checks.values())
    status = "ready" if ready else "not ready"
    # Told, but no reason to close the door: booking needs no jobs.
    jobs = _jobs() if ready else "unknown"
    answer = {"status": status, "checks": checks, "jobs": jobs}
    return answer, 200 if ready else 503


def _hold(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReadyError as exc:
        return str(exc)
    except Exception:  # Whatever it is, the answer is the same: not ready.
        log.exception("a readiness check failed")
        return "failed"
    return "ok"


def _database() -> None:
    # In one transaction of the request: the patience holds for the other checks too.
    together(db.session())
    db.session.execute(text(f"SET LOCAL statement_timeout = {_PATIENCE_S * 1000}"))
    db.session.execute(text("SELECT 1"))


def _redis() -> None:
    with closing(_client()) as client:
        client.ping()


def _jobs() -> str:
    try:
        with closing(_client()) as client:
            return "running" if client.exists(BEAT) else "not running"
    except RedisError:
        return "unknown"


def _client() -> Redis:
    settings: Settings = current_app.extensions["baari.settings"]
    if settings.redis_url is None:
        raise NotReadyError("not set up")
    return Redis.from_url(
        settings.redis_url,
        socket_timeout=_PATIENCE_S,
        socket_connect_timeout=_PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
    )


def _migrations() -> None:
    if schema.at(db.session.connection()) != current_app.extensions["baari.heads"]:
        raise NotReadyError("not at the newest: run `baari migrate`")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "redis": _redis,
    "migrations": _migrations,
}
