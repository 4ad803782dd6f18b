"""Kinds of bookings, of ways a resource is assigned, and of what gives way."""

from enum import IntEnum, StrEnum


class Kind(StrEnum):
    TIMED = "timed"
    TOKEN = "token"  # noqa: S105 - a queue number, not a secret
    # Somebody who came without a place: neither a slot nor open time is theirs.
    WALK_IN = "walk_in"


class Role(StrEnum):
    """As whom somebody takes part in an appointment."""

    PATIENT = "patient"
    GUARDIAN = "guardian"
    COMPANION = "companion"

    @property
    def treated(self) -> bool:
        """Say whether the visit is theirs; others come along with whom it is for."""
        return self is Role.PATIENT


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
    WITHDRAWN = "withdrawn"


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
    """
    What became of a booking that lies in leave or maintenance.

    A place that was only held for the waitlist is withdrawn.
    """

    WAITING = "waiting"
    STAYS = "stays"
    MOVED = "moved"
    RETURNED = "returned"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


class Task(StrEnum):
    """What is to be done with a booking that lies in leave or maintenance."""

    HOLD = "hold"
    TAKE = "take"
    LIST = "list"
    GIVE_BACK = "give_back"


class ProposalIs(StrEnum):
    """What became of a place that was held as a proposal."""

    OPEN = "open"
    TAKEN = "taken"
    RELEASED = "released"


class Priority(IntEnum):
    """How urgent an appointment is; a lower number goes first."""

    EMERGENCY = 1
    URGENT = 2
    SOON = 3
    ROUTINE = 4
    ELECTIVE = 5


class Urgency(StrEnum):
    """What others gave way to."""

    TIMED = "timed"
    EMERGENCY = "emergency"


class GaveWay(StrEnum):
    """What became of an appointment that gave way: a hold is let go."""

    MOVED = "moved"
    LISTED = "listed"
    RELEASED = "released"


class Rebook(StrEnum):
    """How far somebody on the rebooking list has come."""

    OPEN = "open"
    BOOKED = "booked"
    CANCELLED = "cancelled"


class ProcedureIs(StrEnum):
    """What is kept of how far a procedure has come; its appointment tells the rest."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
