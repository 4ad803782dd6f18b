"""What callers say beside the body: do it once, and only if nothing has changed."""

import re
from typing import Any

from flask import request

from app.api import body
from app.booking.views import AppointmentView, Once
from app.core.errors import InputError

ONCE = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_REVISION = re.compile(r'"([1-9][0-9]{0,8})"')


def once() -> Once | None:
    """
    Read under which key the act shall be done one time.

    :raises InputError: if the key is no key
    """
    key = request.headers.get(ONCE)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InputError(field=ONCE, reason="length", least=1, most=100)
    return Once(key, body.fingerprint(request))


def revision(named: int | None) -> int | None:
    """
    Read which revision the caller saw: from If-Match, else as the body names it.

    :raises InputError: if If-Match is no revision, or another than the body's
    """
    tag = request.headers.get("If-Match")
    if tag is None or tag.strip() == "*":
        return named
    found = _REVISION.fullmatch(tag.strip())
    if found is None:
        raise InputError(field="If-Match", reason="number")
    seen = int(found[1])
    if named is not None and named != seen:
        raise InputError(field="revision", reason="number")
    return seen


def etag(told: AppointmentView) -> dict[str, str]:
    """Give the revision as the tag that If-Match takes back."""
    return {"ETag": f'"{told.revision}"'}


def _doc(name: str, description: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "description": description,
        "required": False,
        "schema": {"type": "string"},
    }


ONCE_DOC = _doc(
    ONCE, "Do it one time: the same key and body are answered as the first time."
)
IF_MATCH_DOC = _doc(
    "If-Match", "The ETag that was read; answered 412 if it has changed meanwhile."
)
