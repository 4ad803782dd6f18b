"""The lifecycle of an appointment: every state, and every move between two of them."""

from collections.abc import Mapping
from enum import StrEnum


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


MOVES: Mapping[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.SCHEDULED, Status.REQUESTED, Status.EXPIRED}),
    Status.REQUESTED: frozenset(
        {Status.SCHEDULED, Status.DENIED, Status.CANCELLED, Status.EXPIRED}
    ),
    Status.SCHEDULED: frozenset({Status.CHECKED_IN, Status.CANCELLED, Status.NO_SHOW}),
    Status.CHECKED_IN: frozenset(
        {Status.IN_PROGRESS, Status.CANCELLED, Status.NO_SHOW}
    ),
    Status.IN_PROGRESS: frozenset({Status.COMPLETED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.NO_SHOW: frozenset(),
    Status.DENIED: frozenset(),
    Status.EXPIRED: frozenset(),
}

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
# Somebody still means to come, or is there.
LIVE = TAKES_PLACE - {Status.COMPLETED}
MOVABLE = frozenset({Status.HELD, Status.REQUESTED, Status.SCHEDULED})
