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
    REMINDER = "reminder"
    PROPOSED = "proposed"
    NEAR = "near"
    FEEDBACK = "feedback"


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
    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Sending(StrEnum):
    """
    How far a message has come.

    Queued, sending and failed go on by themselves; the others wait for nobody. Unknown
    is what a gateway may have taken without saying so.
    """

    QUEUED = "queued"
    SENDING = "sending"
    FAILED = "failed"
    SENT = "sent"
    UNKNOWN = "unknown"
    UNSENT = "unsent"
    DEAD = "dead"


# What carriers may want a text to be registered for.
BY_PHONE = (Channel.SMS, Channel.WHATSAPP)

# What does not go on by itself, and did not surely arrive.
RESENT = frozenset({Sending.UNKNOWN, Sending.UNSENT, Sending.DEAD})


class Outcome(StrEnum):
    """
    What became of one try.

    Failed may be tried again, refused may not; unsent never reached a gateway.
    """

    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNSENT = "unsent"
