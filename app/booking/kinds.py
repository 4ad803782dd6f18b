"""Kinds of bookings and of ways a resource is assigned."""

from enum import StrEnum


class Kind(StrEnum):
    TIMED = "timed"
    TOKEN = "token"  # noqa: S105 - a queue number, not a secret
    # Somebody who came without a place: neither a slot nor open time is theirs.
    WALK_IN = "walk_in"


class Trouble(StrEnum):
    """What is wrong between an appointment and a resource of it."""

    DOUBLE_BOOKING = "DOUBLE_BOOKING"
    MAINTENANCE_OVERLAP = "MAINTENANCE_OVERLAP"
    CAPACITY_EXCEEDED = "CAPACITY_EXCEEDED"


class Outcome(StrEnum):
    """How far a conflict has come, and how it was solved."""

    UNRESOLVED = "UNRESOLVED"
    REASSIGNED = "REASSIGNED"
    OVERRIDE_APPROVED = "OVERRIDE_APPROVED"
    CANCELLED = "CANCELLED"


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
