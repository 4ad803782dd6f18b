"""A booking that comes again, and how urgent one is, as fields of the booking form."""

from collections.abc import Mapping

from app.booking.kinds import Priority
from app.booking.views import Repeat
from app.core.errors import InputError
from app.web.reading import number_of

WEEKS: Mapping[str, str] = {
    "1": "Every week",
    "2": "Every 2 weeks",
    "4": "Every 4 weeks",
}
# Without a word said a booking gives way first; what goes before all has its own page.
PRIORITIES: Mapping[str, str] = {
    str(Priority.ROUTINE.value): "Routine",
    str(Priority.SOON.value): "Soon",
    str(Priority.URGENT.value): "Urgent",
}
_MOST = 60


def repeat_of(weeks: str, times: str) -> Repeat | None:
    """
    Read how often a booking comes again; None if once.

    :raises InputError: naming `weeks` or `times`
    """
    if not weeks:
        return None
    if weeks not in WEEKS:
        raise InputError(field="weeks", reason="choice")
    number = number_of({"times": times}, "times")
    if number is None:
        raise InputError(field="times", reason="required")
    if not 2 <= number <= _MOST:
        raise InputError(field="times", reason="between", least=2, most=_MOST)
    return Repeat(int(weeks), number)


def priority_of(typed: str) -> Priority:
    """
    Read how urgent a booking is.

    :raises InputError: if it is none that is offered
    """
    if not typed:
        return Priority.ELECTIVE
    if typed not in PRIORITIES:
        raise InputError(field="priority", reason="choice")
    return Priority(int(typed))
