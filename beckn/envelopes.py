"""The two answers that a message gets at once, as bytes; and what others answer us."""

from enum import StrEnum
from typing import Any

import orjson

_LONGEST = 500


class Verdict(StrEnum):
    ACK = "ACK"
    NACK = "NACK"


def ack(context: dict[str, Any] | None) -> bytes:
    """Say that a message was taken; `context` is for networks that want theirs back."""
    return _written(context, {"message": {"ack": {"status": Verdict.ACK}}})


def nack(error: dict[str, Any], context: dict[str, Any] | None) -> bytes:
    """Say that a message was not taken, and why."""
    told = {"message": {"ack": {"status": Verdict.NACK}}, "error": error}
    return _written(context, told)


def verdict(body: bytes) -> tuple[Verdict | None, str]:
    """Read an answer to a message of ours: yes, no or neither, and the error."""
    try:
        told = orjson.loads(body)
        said = told["message"]["ack"]["status"]
        found = Verdict(said)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None, ""
    error = orjson.dumps(told.get("error")).decode() if "error" in told else ""
    return found, error[:_LONGEST]


def _written(context: dict[str, Any] | None, told: dict[str, Any]) -> bytes:
    return orjson.dumps(told if context is None else {"context": context, **told})
