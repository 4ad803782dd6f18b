"""Kinds of messages, how they go, and how far they have come."""

from collections.abc import Mapping
from enum import StrEnum


class Told(StrEnum):
    """
    What a message is about; its words are made when it is sent.

    A code by phone is no message that is kept, and its words are a facility's all the
    same.
    """

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
    CODE = "code"
    WITHDRAWN = "withdrawn"


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
    FILLED = "filled"


class Agreed(StrEnum):
    """Where somebody agreed to be sent messages."""

    ONLINE = "online"
    DESK = "desk"


class Guardian(StrEnum):
    """What somebody is to the minor for whom they agree."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"


class Stop(StrEnum):
    """How somebody said that they want no messages, or want them again."""

    LINK = "link"
    MAIL = "mail"
    REPLY = "reply"


class Subject(StrEnum):
    """What staff may have by mail: several kinds of what the bell tells together."""

    BOOKINGS = "bookings"
    CANCELLATIONS = "cancellations"
    CHANGES = "changes"
    CONFLICTS = "conflicts"
    LATE = "late"
    FILLS = "fills"


SUBJECTS: Mapping[Rung, Subject] = {
    Rung.BOOKED: Subject.BOOKINGS,
    Rung.REQUESTED: Subject.BOOKINGS,
    Rung.APPROVED: Subject.BOOKINGS,
    Rung.DENIED: Subject.CANCELLATIONS,
    Rung.CANCELLED: Subject.CANCELLATIONS,
    Rung.EXPIRED: Subject.CANCELLATIONS,
    Rung.DISPLACED: Subject.CANCELLATIONS,
    Rung.MOVED: Subject.CHANGES,
    Rung.REASSIGNED: Subject.CHANGES,
    Rung.HOURS: Subject.CHANGES,
    Rung.CONFLICTS: Subject.CONFLICTS,
    Rung.LATE: Subject.LATE,
    Rung.FILLED: Subject.FILLS,
}


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

# What a patient is reached by, and may stop.
OUTWARD = (*BY_PHONE, Channel.EMAIL)

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
