"""Why a booking is refused; each has a stable code."""

from app.core.errors import ConflictError, DomainError


class SlotTakenError(ConflictError):
    """Somebody has that time: `params["clashes"]` names resource, span and booking."""

    code = "slot_taken"


class NoneFreeError(ConflictError):
    """No chair, room or machine is free: `params["passed"]` says why of each."""

    code = "none_free"


class SlotFullError(ConflictError):
    """Every token of the slot is given."""

    code = "slot_full"


class NotOfferedError(DomainError):
    """The resource does not offer that time; `params["reason"]` says why."""

    code = "not_offered"


class OverError(DomainError):
    """That time has already gone by."""

    code = "over"


class StatusError(ConflictError):
    """From its present status an appointment cannot go there."""

    code = "status"


class UndoError(ConflictError):
    """The last move cannot be taken back; `params["reason"]` says why."""

    code = "undo"


class HoldLostError(ConflictError):
    """The hold ran out and its place is gone."""

    code = "hold_lost"


class WishFulfilledError(ConflictError):
    """Who waited has been booked from the waitlist meanwhile."""

    code = "wish_fulfilled"


class ChangedError(ConflictError):
    """Somebody changed the appointment since the caller looked at it."""

    code = "changed"


class LinkTakenError(ConflictError):
    """What it is for has an appointment already: `params["reference"]` names it."""

    code = "link_taken"
