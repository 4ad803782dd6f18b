"""The worker of a drill: Baari's own at the drill's pace, or what wakes it."""

import logging.config
import os
import sys
import time

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from app.core import logs
from app.core.settings import Settings
from app.jobs import worker
from app.jobs.names import QUEUE, RUN
from drills import pace
from wsgi import create_app


def main(what: str) -> None:
    """Work until killed, or put the sending into the queue each minute of the drill."""
    logging.config.dictConfig(logs.CONFIG)
    pace.keep()
    settings = Settings.from_environ(os.environ)
    if what == "worker":
        worker.work(create_app(settings), (QUEUE,))
    while True:
        _wake(settings.redis_url or "")
        time.sleep(1)


def _wake(url: str) -> None:
    """Do what the scheduler does, unless Redis is away or one waits already."""
    try:
        with Redis.from_url(url, socket_timeout=1.0) as client:
            queue = Queue(QUEUE, connection=client)
            if queue.count == 0:
                queue.enqueue(RUN, "messages", result_ttl=0, job_timeout=300)
    except (RedisError, OSError):
        # The next minute tries again, as the scheduler would.
        return


if __name__ == "__main__":
    main(sys.argv[1])
