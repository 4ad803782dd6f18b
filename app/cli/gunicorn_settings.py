"""
How gunicorn serves Baari: read by it as `python:app.cli.gunicorn_settings`.

Two processes, so that one that must be replaced does not close the door. Threads in
each, because a booking may wait for a rival's lock for seconds, and forty waiting
desks must not keep the forty-first from seeing its calendar.
"""

import ctypes
import gc
from pathlib import Path

from app.core import connections, logs

workers = 2
# Composed once and then forked: a start costs less, and what nobody writes is shared.
# Nothing may be connected before the fork; pools connect when they are first asked.
preload_app = True
worker_class = "gthread"
# A thread for each database connection that is kept; few of them work at once
# (app/core/turnstile.py), the others wait for their turn or for a rival's lock.
threads = connections.KEPT
timeout = 60
graceful_timeout = 10
keepalive = 5
# Workers prove that they live by touching a file; on a disk that could block.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Its place is in the user's home folder, one for all instances there.
control_socket_disable = True
# The app writes its own line for each request (app/doors/logs.py).
accesslog = None
logconfig_dict = logs.CONFIG


# glibc keeps a heap for each thread that asks for memory; two serve all of them.
_HEAPS, _ARENA_MAX = 2, -8


def when_ready(_: object) -> None:
    """
    Leave what the app is made of out of every later collection of garbage.

    It lives as long as the process. To look through it again and again, for each of
    the lists that make many small things, costs a fifth of their time; and looking
    writes, so the forks would share nothing for long.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
    # Other libraries of C have no such heaps, and no word for them.
    set_limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_limit is not None:
        set_limit(_ARENA_MAX, _HEAPS)
