"""Kinds of things in a queue, and the states they go through."""

from enum import StrEnum


class EntryIs(StrEnum):
    """Where somebody in a queue is."""

    WAITING = "waiting"
    CALLED = "called"
    IN_ROOM = "in_room"
    ON_HOLD = "on_hold"
    AT_TESTS = "at_tests"
    DONE = "done"
    NO_SHOW = "no_show"
    OFF = "off"


# Nobody waits or is seen any more.
CLOSED = frozenset({EntryIs.DONE, EntryIs.NO_SHOW, EntryIs.OFF})


class EncounterIs(StrEnum):
    """How far a visit has come. `left`: they had come, and were not seen."""

    ARRIVED = "arrived"
    STARTED = "started"
    ENDED = "ended"
    LEFT = "left"
    CANCELLED = "cancelled"


class Level(StrEnum):
    """How pressing a visit is, as the desk or the nurse sees it."""

    ROUTINE = "routine"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class How(StrEnum):
    """How somebody checked in."""

    DESK = "desk"
    LIST = "list"
    QR = "qr"
    PHONE = "phone"


class WalkIns(StrEnum):
    """What who walks in takes: a slot's token, a share kept for them, or nothing."""

    SLOTS = "slots"
    SHARE = "share"
    QUEUE = "queue"


class Privacy(StrEnum):
    """What a board says of who is called, beside the number; `none` is the name."""

    TOKEN = "token"  # noqa: S105 - of a queue, no secret
    INITIALS = "initials"
    NONE = "none"


class Act(StrEnum):
    """What was done in a queue, as it is kept to be taken back."""

    CHECK_IN = "check_in"
    CALL = "call"
    RECALL = "recall"
    SKIP = "skip"
    HOLD = "hold"
    BRING_BACK = "bring_back"
    TRANSFER = "transfer"
    START = "start"
    START_AGAIN = "start_again"
    COMPLETE = "complete"
    TESTS = "tests"
    PRESENT = "present"
    BOOST = "boost"
    PRIORITISE = "prioritise"
    NO_SHOW = "no_show"
    CALL_OFF = "call_off"
    PAUSE = "pause"
    LATE = "late"
    CLOSE = "close"


# Acts that moved the appointment: booking takes them back, and the queue follows.
MOVED_BOOKING = frozenset(
    {Act.CHECK_IN, Act.START, Act.COMPLETE, Act.NO_SHOW, Act.CALL_OFF}
)
