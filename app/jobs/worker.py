"""The two processes of this door: one puts jobs into the queue, one runs them."""

import logging
import time
from collections.abc import Sequence

from flask import Flask
from redis import Redis
from rq import Queue, Worker
from rq.cron import CronScheduler

from app.core import context
from app.core.settings import Settings
from app.jobs.schedule import PERIODIC

log = logging.getLogger("baari.job")

# Kept for a look afterwards, and no longer: Redis is memory.
_FAILURES_KEPT_S = 7 * 24 * 3600

_app: Flask | None = None


def work(app: Flask, queues: Sequence[str]) -> None:
    """
    Run the jobs of these queues until told to stop, those of the first one first.

    A job under way is finished.
    """
    global _app  # noqa: PLW0603 - each job is a fork of this process and finds it here
    _app = app
    connection = _redis(app)
    lines = [Queue(name, connection=connection) for name in queues]
    Worker(lines, connection=connection).work()


def keep_time(app: Flask) -> None:
    """Put each periodic job into the queue when it is due, until told to stop."""
    scheduler = CronScheduler(_redis(app))
    for name, job in PERIODIC.items():
        scheduler.register(
            run,
            job.queue,
            args=(name,),
            name=name,
            cron=job.cron,
            interval=job.every,
            job_timeout=job.limit_s,
            result_ttl=0,
            failure_ttl=_FAILURES_KEPT_S,
        )
    scheduler.start()  # type: ignore[no-untyped-call]  # RQ left it so


def app() -> Flask:
    """Give the app that this worker was started for."""
    if _app is None:
        raise RuntimeError("jobs run in a worker that `work` started")
    return _app


def run(name: str) -> None:
    """Do one periodic job, in an app context and with an id of its own in the log."""
    with app().app_context():
        context.begin()
        began = time.perf_counter()
        log.info("job %s starts", name, extra={"job": name})
        try:
            PERIODIC[name].act()
        except Exception:
            log.exception("job %s failed", name, extra={"job": name})
            raise
        ms = round((time.perf_counter() - began) * 1000, 1)
        log.info("job %s is done", name, extra={"job": name, "ms": ms})


def _redis(app: Flask) -> Redis:
    """Make a client that waits: the one for locks gives up after 50 ms."""
    settings: Settings = app.extensions["baari.settings"]
    return Redis.from_url(settings.redis_url or "")
