"""Refusals of rooms, told in the codes of the network."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.booking import errors as booking
from app.core import errors
from app.core.errors import DomainError
from beckn.problems import Code, Problem

# Why a place cannot be had. What waits for a lock too long may be tried again.
OF_PLACES: Mapping[type[DomainError], Code] = {
    booking.SlotTakenError: Code.QUANTITY_UNAVAILABLE,
    booking.SlotFullError: Code.QUANTITY_UNAVAILABLE,
    booking.NoneFreeError: Code.QUANTITY_UNAVAILABLE,
    booking.HoldLostError: Code.QUANTITY_UNAVAILABLE,
    booking.NotOfferedError: Code.FULFILMENT_UNAVAILABLE,
    booking.OverError: Code.FULFILMENT_UNAVAILABLE,
    errors.NotFoundError: Code.FULFILMENT_UNAVAILABLE,
    errors.ForbiddenError: Code.FULFILMENT_UNAVAILABLE,
    errors.RuleError: Code.POLICY,
    errors.InputError: Code.INVALID,
    errors.BusyError: Code.BUSINESS,
    booking.StatusError: Code.NOT_APPLICABLE,
}
# The same errors mean another thing to who calls off or changes what they have.
OF_CANCELLING: Mapping[type[DomainError], Code] = {
    errors.RuleError: Code.NO_CANCEL,
    errors.InputError: Code.NO_CANCEL,
    errors.ForbiddenError: Code.NO_CANCEL,
    booking.StatusError: Code.NO_CANCEL,
    errors.BusyError: Code.BUSINESS,
}
OF_UPDATING: Mapping[type[DomainError], Code] = {
    **OF_PLACES,
    errors.RuleError: Code.NO_UPDATE,
    errors.InputError: Code.NO_UPDATE,
    errors.ForbiddenError: Code.NO_UPDATE,
    booking.StatusError: Code.NO_UPDATE,
}
_WORDS: Mapping[Code, str] = {
    Code.QUANTITY_UNAVAILABLE: "that place is taken",
    Code.FULFILMENT_UNAVAILABLE: "that place is not offered",
    Code.POLICY: "a rule of the facility forbids it",
    Code.BUSINESS: "too many ask at this moment; try again",
    Code.INVALID: "that cannot be right",
    Code.NOT_APPLICABLE: "the visit is not in a state for that",
    Code.NO_CANCEL: "it cannot be cancelled any more; call the facility",
    Code.NO_UPDATE: "it cannot be changed any more; call the facility",
}


@contextmanager
def told(meaning: Mapping[type[DomainError], Code], path: str) -> Iterator[None]:
    """
    Tell what a room refuses as a problem; `path` is the field it is about.

    :raises Problem: for every refusal that has a meaning here
    """
    try:
        yield
    except DomainError as refusal:
        code = next((meaning[e] for e in type(refusal).mro() if e in meaning), None)
        if code is None:
            raise
        raise Problem(code, path, _words(code, refusal)) from refusal


def _words(code: Code, refusal: DomainError) -> str:
    """Name the rule or the field, as far as it is one that may be told to all."""
    rule = refusal.params.get("rule")
    if isinstance(rule, str):
        return f"{_WORDS[code]}: {rule}"
    return f"{_WORDS[code]}: {refusal.field}" if refusal.field else _WORDS[code]
