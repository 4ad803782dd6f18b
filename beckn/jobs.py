"""What the worker does for the network: woken by acts, and each minute by the sweep."""

import contextvars
import logging
import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, current_app
from flask.globals import app_ctx

from app.core import clock
from app.doors import outside
from app.jobs import nudge, schedule
from app.jobs.names import OUTSIDE
from app.jobs.schedule import Periodic
from beckn import door, forgetting, owing, sending, working

log = logging.getLogger("baari.job")

# One slow buyer holds up no other.
_HANDS = 4
# Well within the time of a job; what is left is for the next one.
_LONGEST_S = 200.0
# The second try is waited for; for later ones the worker has other things to do.
WAITED_S = 3.0
_LOOK_AGAIN_S = 0.2


def listen(app: Flask) -> None:
    """Put the network's work among the jobs that come round, and wait for buyers."""
    outside.expect(app)
    schedule.add(owing.JOB, Periodic(work, every=60, queue=OUTSIDE))
    schedule.add("network_forget", Periodic(forget, cron="45 3 * * *"))


def work() -> None:
    """Do what was asked and send what is owed, until neither is left or time is up."""
    if door.network_of(current_app) is None:
        return
    nudge.heard(owing.JOB)
    until = time.monotonic() + _LONGEST_S
    app = app_ctx.app

    def hand() -> int:
        with app.app_context():
            return _drain(until)

    with ThreadPoolExecutor(_HANDS) as pool:
        # Each line of the log says which job it is of, whichever thread wrote it.
        found = [
            pool.submit(contextvars.copy_context().run, hand) for _ in range(_HANDS)
        ]
    number = sum(each.result() for each in found)
    log.info("dealt with %d messages of the network", number)


def forget() -> None:
    """Take people out of what was said long ago."""
    network = door.network_of(current_app)
    if network is not None:
        number = forgetting.forget(network, now=clock.now())
        log.info("forgot the people of %d messages of the network", number)


def _drain(until: float) -> int:
    number = 0
    while time.monotonic() < until:
        now = clock.now()
        if sending.send_one(now=now) or working.work_one(now=now):
            number += 1
        elif sending.is_next_within(WAITED_S, now=now):
            time.sleep(_LOOK_AGAIN_S)
        else:
            break
    return number
