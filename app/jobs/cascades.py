"""Go on with leave over many bookings: woken by who ordered it, and each minute."""

import logging
import time

from app.booking import ordering, working
from app.core import clock
from app.jobs import nudge

log = logging.getLogger("baari.job")

JOB = "cascades"
# Messages and all else of the worker wait meanwhile; then it takes its turn again.
_LONGEST_S = 15.0


def go_on() -> None:
    """
    Do what is ordered, one booking after another, until none is left or time is up.

    What is left comes after whatever else waits for the worker. One that fails keeps no
    other from being done, and is tried again with the next minute.
    """
    nudge.heard(JOB)
    until = time.monotonic() + _LONGEST_S
    done = 0
    for each in ordering.due():
        if time.monotonic() >= until:
            nudge.wake(JOB)
            break
        try:
            done += working.step(each, now=clock.now())
        except Exception:
            log.exception("work on appointment %s failed", each.appointment)
    log.info("did %d steps of leave and maintenance", done)
