"""Kinds of offered and of closed time."""

from enum import StrEnum


class Offered(StrEnum):
    """How a piece of a schedule is offered; a break is not, and says why."""

    TOKENS = "tokens"
    OPEN = "open"
    BREAK = "break"


class Closed(StrEnum):
    """Why time inside or around a schedule is not offered."""

    BREAK = "break"
    AWAY = "away"
    MAINTENANCE = "maintenance"
