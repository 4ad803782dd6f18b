"""Kinds of bookings and of ways a resource is assigned."""

from enum import StrEnum


class Kind(StrEnum):
    TIMED = "timed"
    TOKEN = "token"  # noqa: S105 - a queue number, not a secret


class How(StrEnum):
    MANUAL = "manual"
    AUTO = "auto"
    SWAP = "swap"


class Waiting(StrEnum):
    """How far somebody on the waitlist has come."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"


class OfferIs(StrEnum):
    """What became of a place that was offered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
