"""Do every minute what time alone brings: requests expire, offers pass on."""

import logging

from app.booking import service
from app.core import clock
from app.core.actor import SYSTEM

log = logging.getLogger("baari.job")


def sweep() -> None:
    """Let requests expire whose time has gone by, and offer what is free."""
    now = clock.now()
    expired = service.expire_requests(by=SYSTEM, now=now)
    offered = service.offer_freed(by=SYSTEM, now=now)
    log.info("expired %d requests, made %d offers", expired, offered)
