"""The lifecycle of an appointment: every state, and every move between two of them."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from app.accounts.permissions import Permission


class Status(StrEnum):
    HELD = "held"
    REQUESTED = "requested"
    SCHEDULED = "scheduled"
    CHECKED_IN = "checked_in"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    DENIED = "denied"
    EXPIRED = "expired"


# Who may make each move: whoever has the permission where the appointment is.
MOVES: Mapping[Status, Mapping[Status, Permission]] = {
    Status.HELD: {
        Status.SCHEDULED: Permission.BOOK,
        Status.REQUESTED: Permission.REQUEST,
        Status.EXPIRED: Permission.REQUEST,
    },
    Status.REQUESTED: {
        Status.SCHEDULED: Permission.APPROVE,
        Status.DENIED: Permission.APPROVE,
        Status.CANCELLED: Permission.CANCEL,
        Status.EXPIRED: Permission.APPROVE,
    },
    Status.SCHEDULED: {
        Status.CHECKED_IN: Permission.CHECK_IN,
        Status.CANCELLED: Permission.CANCEL,
        Status.NO_SHOW: Permission.CHECK_IN,
    },
    Status.CHECKED_IN: {
        Status.IN_PROGRESS: Permission.ATTEND,
        Status.CANCELLED: Permission.CANCEL,
        Status.NO_SHOW: Permission.CHECK_IN,
    },
    Status.IN_PROGRESS: {Status.COMPLETED: Permission.ATTEND},
    Status.COMPLETED: {},
    Status.CANCELLED: {},
    Status.NO_SHOW: {},
    Status.DENIED: {},
    Status.EXPIRED: {},
}

# Moves that can be taken back, by who made them and for a short while.
UNDOABLE = frozenset(
    {
        Status.SCHEDULED,
        Status.CHECKED_IN,
        Status.IN_PROGRESS,
        Status.COMPLETED,
        Status.CANCELLED,
        Status.NO_SHOW,
        Status.DENIED,
    }
)
# The moves of a visit: they are made for each participant.
OF_A_VISIT = frozenset(
    {Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED, Status.NO_SHOW}
)

# A place is taken from the moment it is held until the visit is over or off.
TAKES_PLACE = frozenset(
    {
        Status.HELD,
        Status.REQUESTED,
        Status.SCHEDULED,
        Status.CHECKED_IN,
        Status.IN_PROGRESS,
        Status.COMPLETED,
    }
)
# A no-show keeps its place in the day's count: it was theirs until it had gone by.
FREES_PLACE = frozenset({Status.CANCELLED, Status.DENIED, Status.EXPIRED})
# The patient came.
SEEN = frozenset({Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED})
# Somebody still means to come, or is there.
LIVE = TAKES_PLACE - {Status.COMPLETED}
MOVABLE = frozenset({Status.HELD, Status.REQUESTED, Status.SCHEDULED})
OFF = FREES_PLACE | {Status.NO_SHOW}

# Of several participants, the first of these that one of them has is the whole's.
_FURTHEST = (
    Status.IN_PROGRESS,
    Status.CHECKED_IN,
    Status.SCHEDULED,
    Status.REQUESTED,
    Status.HELD,
    Status.COMPLETED,
    Status.NO_SHOW,
    Status.CANCELLED,
    Status.DENIED,
    Status.EXPIRED,
)


def whole(people: Collection[Status]) -> Status:
    """
    Derive the status of an appointment from those of its participants.

    It is over when all are settled; while one is done and another waits it goes on.
    """
    if Status.COMPLETED in people and not OFF | {Status.COMPLETED} >= set(people):
        return Status.IN_PROGRESS
    return next(status for status in _FURTHEST if status in people)
