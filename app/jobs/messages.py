"""Send what is due: woken by acts, and each minute for what nobody woke."""

import logging
import time

from app.core import clock
from app.jobs import nudge
from app.notifications import mailing, sending

log = logging.getLogger("baari.job")

# Well within the time of a job; what is left is for the next one.
_LONGEST_S = 200.0


def send() -> None:
    """Send message after message until none is due, or the time is used up."""
    nudge.heard()
    until, number = time.monotonic() + _LONGEST_S, 0
    while time.monotonic() < until and _one():
        number += 1
    log.info("dealt with %d messages", number)


def _one() -> bool:
    now = clock.now()
    return sending.send_one(now=now) or mailing.send_one(now=now)
