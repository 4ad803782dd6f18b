"""What queues refuse on purpose."""

from app.core.errors import ConflictError, DomainError, RuleError


class NobodyWaitsError(ConflictError):
    """There is nobody in the queue who could be called."""

    code = "nobody_waits"


class EntryStateError(ConflictError):
    """From where somebody is in the queue, that cannot be done."""

    code = "entry_state"


class NotPresentError(ConflictError):
    """They checked in from afar, and nobody has seen them here yet."""

    code = "not_present"


class NotTodayError(DomainError):
    """Their appointment is on another day."""

    code = "not_today"


class TooEarlyError(DomainError):
    """From elsewhere it is not yet time to say that one comes."""

    code = "too_early"


class NobodyDueError(DomainError):
    """What they said belongs to nobody with a visit today, or to more than one."""

    code = "nobody_due"


class WalkInsFullError(RuleError):
    """The share of the day that is kept for who walks in is used up."""

    code = "walk_ins_full"


class CodeTakenError(ConflictError):
    code = "code_taken"
