"""Every refusal's HTTP status and short title; `words` has the long ones."""

from collections.abc import Mapping
from http import HTTPStatus

from msgspec import Struct

from app.core.errors import (
    BusyError,
    ConflictError,
    DomainError,
    ForbiddenError,
    InputError,
    NotFoundError,
    RuleError,
)


class Problem(Struct, frozen=True):
    status: HTTPStatus
    title: str


PROBLEMS: Mapping[str, Problem] = {
    "invalid": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Something cannot be right"),
    "not_found": Problem(HTTPStatus.NOT_FOUND, "Not found"),
    "forbidden": Problem(HTTPStatus.FORBIDDEN, "Not allowed"),
    "conflict": Problem(HTTPStatus.CONFLICT, "Changed meanwhile"),
    "rule": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "A rule forbids it"),
    "busy": Problem(HTTPStatus.SERVICE_UNAVAILABLE, "Busy, try again"),
    "unavailable": Problem(HTTPStatus.SERVICE_UNAVAILABLE, "Not to be had just now"),
    "role_in_use": Problem(HTTPStatus.CONFLICT, "Still in use"),
    "sign_in": Problem(HTTPStatus.UNAUTHORIZED, "Not signed in"),
    "slot_taken": Problem(HTTPStatus.CONFLICT, "That time is taken"),
    "none_free": Problem(HTTPStatus.CONFLICT, "What it needs is not free"),
    "slot_full": Problem(HTTPStatus.CONFLICT, "That slot is full"),
    "not_offered": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Not offered then"),
    "over": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "That time has gone by"),
    "status": Problem(HTTPStatus.CONFLICT, "Not possible any more"),
    "wish_fulfilled": Problem(HTTPStatus.CONFLICT, "Booked from the waitlist already"),
    "link_taken": Problem(HTTPStatus.CONFLICT, "It has an appointment already"),
    "undo": Problem(HTTPStatus.CONFLICT, "Cannot be undone"),
    "changed": Problem(HTTPStatus.CONFLICT, "Changed meanwhile"),
    "hold_lost": Problem(HTTPStatus.CONFLICT, "The hold has run out"),
    "stranded_unseen": Problem(HTTPStatus.CONFLICT, "Look at this first"),
    "nobody_waits": Problem(HTTPStatus.CONFLICT, "Nobody waits"),
    "entry_state": Problem(HTTPStatus.CONFLICT, "Not possible any more"),
    "not_present": Problem(HTTPStatus.CONFLICT, "Not here yet"),
    "not_today": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "On another day"),
    "too_early": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Too early"),
    "nobody_due": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "No visit found for today"),
    "walk_ins_full": Problem(HTTPStatus.CONFLICT, "No place left to walk in"),
    "text_registered": Problem(HTTPStatus.CONFLICT, "Registered words"),
    "not_resent": Problem(HTTPStatus.CONFLICT, "Under way, or sent"),
    "merge": Problem(HTTPStatus.CONFLICT, "They cannot be merged so"),
    "patient_merged": Problem(HTTPStatus.CONFLICT, "Changed meanwhile"),
    "receipt_voided": Problem(HTTPStatus.CONFLICT, "Voided already"),
    "receipt_used": Problem(HTTPStatus.CONFLICT, "Another payment"),
    "prepayment_used": Problem(HTTPStatus.CONFLICT, "Another payment"),
    "mrn_taken": Problem(HTTPStatus.CONFLICT, "Already in use"),
    "idempotency_key_reused": Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "Key used before"
    ),
}

# A code without a row of its own is told as the kind of refusal it is.
_KINDS: tuple[tuple[type[DomainError], Problem], ...] = (
    (InputError, PROBLEMS["invalid"]),
    (NotFoundError, PROBLEMS["not_found"]),
    (ForbiddenError, PROBLEMS["forbidden"]),
    (BusyError, PROBLEMS["busy"]),
    (RuleError, PROBLEMS["rule"]),
    (ConflictError, Problem(HTTPStatus.CONFLICT, "Already in use")),
)
_REFUSED = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Refused")

# Seconds after which trying again is right, where it is.
RETRY_AFTER: Mapping[str, int] = {"busy": 1, "unavailable": 5}


def problem_of(error: DomainError) -> Problem:
    """Tell how a refusal is answered over HTTP."""
    if error.code in PROBLEMS:
        return PROBLEMS[error.code]
    return next((p for kind, p in _KINDS if isinstance(error, kind)), _REFUSED)
