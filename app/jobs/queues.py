"""What time brings to queues: nobody came, and the day is over."""

import logging

from app.core import clock
from app.core.actor import SYSTEM
from app.queues import service

log = logging.getLogger("baari.job")


def sweep() -> None:
    """Mark who has not come when the time of their policy has gone by."""
    number = service.sweep_no_shows(by=SYSTEM, now=clock.now())
    log.info("marked %d no-shows", number)


def close() -> None:
    """Close the queues of days that are over."""
    number = service.close_days(by=SYSTEM, now=clock.now())
    log.info("closed %d queues", number)
