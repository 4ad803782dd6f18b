"""Wake the worker for what an act wrote; who is not woken is found by the sweep."""

from functools import cache

from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue

from app.core.settings import Settings
from app.jobs.names import QUEUE, RUN

_MESSAGES = "messages"
# Many acts in a row wake it once.
_ONCE_IN_S = 30
# An act that is done must not wait for a Redis that is away.
_PATIENCE_S = 0.2


def wake(job: str = _MESSAGES, queue: str = QUEUE) -> None:
    """Put a job into a queue, that of messages if not told, unless it is there."""
    client = client_of()
    if client.set(_key(job), "1", nx=True, ex=_ONCE_IN_S):
        line = Queue(queue, connection=client)
        line.enqueue(RUN, job, result_ttl=0, job_timeout=300)


def heard(job: str = _MESSAGES) -> None:
    """Let the next act wake it again: what it wrote may come too late for this one."""
    client_of().delete(_key(job))


def _key(job: str) -> str:
    return f"baari:{job}:nudged"


def client_of(patience_s: float = _PATIENCE_S) -> Redis:
    """Give a client that gives up a Redis which says nothing for so long."""
    settings: Settings = current_app.extensions["baari.settings"]
    return _client(settings.redis_url or "", patience_s)


@cache
def _client(url: str, patience_s: float) -> Redis:
    # Its connections are kept: to make one for each act takes longer than to use it.
    return Redis.from_url(
        url,
        socket_timeout=patience_s,
        socket_connect_timeout=patience_s,
        # One that broke is made anew once, at once.
        retry=Retry(NoBackoff(), 1),
    )
