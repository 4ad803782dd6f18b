"""Remind patients of the visits of tomorrow."""

import logging

from app.booking import reminding
from app.core import clock

log = logging.getLogger("baari.job")


def remind() -> None:
    """Write a reminder of each visit that is a day ahead, once."""
    log.info("%d visits are a day ahead", reminding.remind(now=clock.now()))
