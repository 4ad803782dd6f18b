"""Send what is due: woken by acts, and each minute for what nobody woke."""

import contextvars
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask.globals import app_ctx

from app.core import clock
from app.jobs import nudge
from app.notifications import mailing, sending
from app.notifications.kinds import Channel

log = logging.getLogger("baari.job")

# Well within the time of a job; what is left is for the next one.
_LONGEST_S = 200.0
# While another way is busy.
_LOOK_AGAIN_S = 0.2


def send() -> None:
    """
    Send message after message until none is due, or the time is used up.

    Each way out has a thread of its own, so that one whose gateway is slow holds up no
    other. Staff are told by mail alone.
    """
    nudge.heard()
    until = time.monotonic() + _LONGEST_S
    app = app_ctx.app
    ways: tuple[Channel | None, ...] = sending.ways() or (None,)
    busy = set(ways)

    def work(way: Channel | None) -> int:
        with app.app_context():
            try:
                return _drain(way, _sender(way, first=way == ways[0]), until, busy)
            finally:
                busy.discard(way)

    with ThreadPoolExecutor(len(ways)) as pool:
        # Each line of the log says which job it is of, whichever thread wrote it.
        found = [pool.submit(contextvars.copy_context().run, work, way) for way in ways]
    log.info("dealt with %d messages", sum(each.result() for each in found))


def _sender(way: Channel | None, *, first: bool) -> Callable[[], bool]:
    def one() -> bool:
        now = clock.now()
        mails = way is Channel.EMAIL or (first and Channel.EMAIL not in sending.ways())
        sent = sending.send_one(now=now, only=way)
        return sent or (mails and mailing.send_one(now=now))

    return one


def _drain(
    way: Channel | None,
    one: Callable[[], bool],
    until: float,
    busy: set[Channel | None],
) -> int:
    """Send until nobody is busy: who looks at a message may leave it to another way."""
    number = 0
    while time.monotonic() < until:
        if one():
            number += 1
            busy.add(way)
        elif busy == {way}:
            busy.discard(way)
        elif busy:
            busy.discard(way)
            time.sleep(_LOOK_AGAIN_S)
        else:
            break
    return number
