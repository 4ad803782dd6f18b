"""Look nightly for conflicts that nobody wrote down."""

import logging

from app.booking import conflicts
from app.core import clock

log = logging.getLogger("baari.job")


def look() -> None:
    """Write down what does not fit together and stands nowhere yet."""
    found = conflicts.sweep(now=clock.now())
    log.info("found %d unexplained conflicts", found)
