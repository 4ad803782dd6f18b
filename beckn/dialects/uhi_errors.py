"""Refusals in the numbers of UHI: one for nearly all that a provider refuses."""

from collections.abc import Mapping
from typing import Any

from beckn.problems import Code, Problem
from beckn.trust.errors import Flaw

_BAD_REQUEST, _REFUSED, _OUR_FAULT = "UHI-1404", "UHI-1403", "UHI-1407"
_UNTRUE = "UHI-1405"

# Whatever is wrong with a message has one number, whatever is refused another: which of
# them it was stands in the path and in the words.
CODES: Mapping[Code, str] = {
    **dict.fromkeys(Code, _REFUSED),
    **dict.fromkeys(
        (
            *(Code.INVALID, Code.STALE, Code.NOT_APPLICABLE),
            *(Code.BAD_REASON, Code.BAD_UPDATE_TARGET, Code.UPDATE_INCONSISTENT),
            *(Code.RATING_TARGET, Code.RATING_VALUE, Code.RATING_CATEGORY),
        ),
        _BAD_REQUEST,
    ),
    Code.SIGNATURE: _UNTRUE,
    Code.INTERNAL: _OUR_FAULT,
}
FLAWS: Mapping[Flaw, str] = {
    Flaw.MISSING: "UHI-1401",
    Flaw.UNASKED: "UHI-1402",
    Flaw.UNKNOWN: "UHI-1406",
    Flaw.MALFORMED: "UHI-1408",
    Flaw.ALGORITHM: "UHI-1408",
}
_TYPES: Mapping[str, str] = {
    _REFUSED: "DOMAIN-ERROR",
    _OUR_FAULT: "CORE-ERROR",
}
# Paths are neutral where they are raised.
_FIELDS: Mapping[str, str] = {
    "bap_": "consumer_",
    "bpp_": "provider_",
    "fulfillments[0].customer": "customer",
    "fulfillments[0]": "fulfillment",
    "items[0]": "item",
    "payments[0]": "payment",
}


def error(problem: Problem) -> dict[str, Any]:
    """Write a refusal as UHI does: type, code, path, message."""
    code = FLAWS.get(problem.flaw) if problem.flaw else None
    code = code or CODES[problem.code]
    path = problem.path
    for ours, theirs in _FIELDS.items():
        path = path.replace(ours, theirs)
    told = {
        "type": _TYPES.get(code, "CONTEXT-ERROR"),
        "code": code,
        "message": problem.message,
    }
    return told | ({"path": path} if path else {})
