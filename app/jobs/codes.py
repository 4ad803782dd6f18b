"""Bring codes to phones, at once or never: one that comes late is of no use."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from redis.exceptions import RedisError
from rq import Queue

from app.core import clock
from app.core.db import after_commit
from app.core.settings import Settings
from app.doors import languages, proving_words
from app.jobs import nudge
from app.jobs.names import BRING, QUEUE

log = logging.getLogger("baari.job")

_PATIENCE_S = 2


def carrier(settings: Settings) -> Callable[[str, str, datetime, str], None] | None:
    """Give who brings codes to phones here, if there is a way to phones."""
    return carry if settings.sms or settings.whatsapp else None


def carry(phone: str, code: str, until: datetime, place: str = "") -> None:
    """Have a code sent once it is committed, in the language of who asks for it."""
    language = languages.here(proving_words.LANGUAGES).code
    after_commit(partial(_queue, phone, code, until, language, place))


def _queue(phone: str, code: str, until: datetime, language: str, place: str) -> None:
    left = max(1, int((until - clock.now()).total_seconds()))
    try:
        Queue(QUEUE, connection=nudge.client_of(_PATIENCE_S)).enqueue(
            BRING,
            phone,
            code,
            until,
            language,
            place,
            # What RQ writes of a job into its log, and keeps of one that failed.
            description="a code for a phone",
            failure_ttl=1,
            result_ttl=0,
            ttl=left,
        )
    except RedisError:
        # Whoever waits for it asks for another one.
        log.warning("a code was not sent: Redis is away")
