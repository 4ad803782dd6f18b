"""Kinds of messages, how they go, and how far they have come."""

from enum import StrEnum


class Told(StrEnum):
    """What a message is about; its words are made when it is sent."""

    BOOKED = "booked"
    REQUESTED = "requested"
    APPROVED = "approved"
    DENIED = "denied"
    MOVED = "moved"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    OFFERED = "offered"
    DISPLACED = "displaced"
    AFFECTED = "affected"
    REASSIGNED = "reassigned"
    DELAYED = "delayed"


class Rung(StrEnum):
    """What the bell tells staff: most of it is told in messages too."""

    BOOKED = "booked"
    REQUESTED = "requested"
    APPROVED = "approved"
    DENIED = "denied"
    MOVED = "moved"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DISPLACED = "displaced"
    REASSIGNED = "reassigned"
    HOURS = "hours"
    CONFLICTS = "conflicts"
    LATE = "late"


class About(StrEnum):
    """What a notice leads to."""

    APPOINTMENT = "appointment"
    QUEUE = "queue"
    HOURS = "hours"
    CONFLICTS = "conflicts"


class Channel(StrEnum):
    """How a message goes: staff read theirs here, a patient's way is chosen later."""

    UNDECIDED = "undecided"
    IN_APP = "in_app"


class Sending(StrEnum):
    QUEUED = "queued"
