"""What the worker does with a code for a phone."""

import logging
from datetime import datetime

from app.core import clock
from app.jobs import worker
from app.notifications import coding

log = logging.getLogger("baari.job")


def bring(phone: str, code: str, until: datetime, language: str, place: str) -> None:
    """Send a code, unless it has run out; to be run by the worker of jobs."""
    with worker.app().app_context():
        if clock.now() < until:
            outcome = coding.code_at_once(phone, code, language, place)
            log.info("a code for a phone: %s", outcome)
