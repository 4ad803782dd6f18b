"""Remind patients of visits, each as long before as its type says."""

import logging

from app.booking import reminding
from app.core import clock

log = logging.getLogger("baari.job")


def remind() -> None:
    """Write a reminder of each visit that is due for one, once."""
    log.info("%d visits are to be reminded of", reminding.remind(now=clock.now()))
