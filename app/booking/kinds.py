"""Kinds of bookings and of ways a resource is assigned."""

from enum import StrEnum


class Kind(StrEnum):
    TIMED = "timed"
    TOKEN = "token"  # noqa: S105 - a queue number, not a secret


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


class Cause(StrEnum):
    """Why a resource is not there."""

    LEAVE = "leave"
    MAINTENANCE = "maintenance"


class Policy(StrEnum):
    """What becomes of a booking that lies in leave or maintenance."""

    AROUND = "around"
    MOVE = "move"
    NOTIFY = "notify"


class Remedy(StrEnum):
    """Where a booking could go: later that day, to another resource, another day."""

    LATER = "later"
    INSTEAD = "instead"
    ANOTHER_DAY = "another_day"


class Fate(StrEnum):
    """What became of a booking that lies in leave or maintenance."""

    WAITING = "waiting"
    STAYS = "stays"
    MOVED = "moved"
    RETURNED = "returned"


class ProposalIs(StrEnum):
    """What became of a place that was held as a proposal."""

    OPEN = "open"
    TAKEN = "taken"
    RELEASED = "released"
