"""What the worker does with a code for a phone."""

import logging
from datetime import datetime

from app.core import clock
from app.jobs import worker
from app.notifications import sending

log = logging.getLogger("baari.job")


def bring(phone: str, words: str, until: datetime) -> None:
    """Send a code, unless it has run out; to be run by the worker of jobs."""
    with worker.app().app_context():
        if clock.now() < until:
            log.info("a code for a phone: %s", sending.at_once(phone, words))
