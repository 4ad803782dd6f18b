"""Remove nightly what nobody will ask for again."""

import logging

from app.accounts import service as accounts
from app.booking import idempotency
from app.core import clock
from app.notifications import reading

log = logging.getLogger("baari.job")


def prune() -> None:
    """Forget idempotency keys, notices, codes and browsers past their time."""
    now = clock.now()
    keys, notices = idempotency.forget(now=now), reading.forget(now=now)
    codes = accounts.forget_codes(now=now)
    log.info("forgot %d idempotency keys, %d notices, %d codes", keys, notices, codes)
