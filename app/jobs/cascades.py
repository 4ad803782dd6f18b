"""Go on with leave over many bookings: woken by who ordered it, and each minute."""

import logging
import time

from app.booking import ordering, working
from app.core import clock
from app.jobs import nudge

log = logging.getLogger("baari.job")

JOB = "cascades"
# Well within the time of a job; what is left is for the next one.
_LONGEST_S = 200.0


def go_on() -> None:
    """
    Do what is ordered, one booking after another, until none is left or time is up.

    One that fails keeps no other from being done, and is tried again.
    """
    nudge.heard(JOB)
    until = time.monotonic() + _LONGEST_S
    done = 0
    for each in ordering.due():
        if time.monotonic() >= until:
            break
        try:
            done += working.step(each, now=clock.now())
        except Exception:
            log.exception("work on appointment %s failed", each.appointment)
    log.info("did %d steps of leave and maintenance", done)
