"""Remove nightly what nobody will ask for again."""

import logging

from app.booking import idempotency
from app.core import clock

log = logging.getLogger("baari.job")


def prune() -> None:
    """Forget idempotency keys past their time."""
    gone = idempotency.forget(now=clock.now())
    log.info("forgot %d idempotency keys", gone)
