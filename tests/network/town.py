"""The demo network as a person starts it: a process of its own, on our servers."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

from sqlalchemy.engine import make_url

from tests import servers

WITHIN_S = 240


@contextmanager
def opened(folder, worker):
    """Run it until its story is told; give its process, its record and its database."""
    shared = servers.start_shared()
    url = make_url(shared.database_url_for(f"baari_network_{worker}"))
    told = url.set(drivername="postgresql").render_as_string(hide_password=False)
    record, said = folder / "record.json", folder / "said.txt"
    environ = {
        **os.environ,
        "DATABASE_URL": told,
        "REDIS_URL": shared.redis_url(12 + worker),
    }
    words = [sys.executable, "-m", "network", "--record", str(record)]
    with said.open("w") as out:
        running = subprocess.Popen(
            words, cwd=servers.PROJECT, env=environ, stdout=out, stderr=out
        )
        try:
            _wait(running, record, said)
            yield running, json.loads(record.read_text()), told
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(30)


def _wait(running, record, said):
    give_up = time.monotonic() + WITHIN_S
    while not record.exists():
        assert running.poll() is None, said.read_text()
        assert time.monotonic() < give_up, said.read_text()
        time.sleep(0.1)
