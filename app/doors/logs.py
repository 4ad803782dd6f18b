"""Each request has an id, given back to the caller, and one line in the log."""

import logging
import re
import time

from flask import Flask, Response, g, request

from app.core import context

log = logging.getLogger("baari.request")

HEADER = "X-Request-ID"
# Anything else might be meant to confuse whoever reads the log.
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Asked every few seconds by machines; a line for each would bury the others.
_QUIET = frozenset({"health.healthz", "health.readyz", "static", "board.show"})

# Arguments of addresses: a visit's or a slip's reference, a form's, a counter's sign.
_SECRET = frozenset({"secret", "form", "sign"})


def init_app(app: Flask) -> None:
    """Give every request its id and its line."""
    app.before_request(_begin)
    app.after_request(_tell)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    context.begin(given if _SANE.fullmatch(given) else None)
    g.began = time.perf_counter()


def _path() -> str:
    """
    Give the address, or only its rule if it opens something to whoever has it.

    Never with its query: that may carry a patient's name or phone.
    """
    rule = request.url_rule
    if rule is None or _SECRET.isdisjoint(rule.arguments):
        return request.path
    return rule.rule


def _tell(response: Response) -> Response:
    response.headers[HEADER] = context.request_id()
    level = logging.DEBUG if request.endpoint in _QUIET else logging.INFO
    path = _path()
    log.log(
        level,
        "%s %s",
        request.method,
        path,
        extra={
            "method": request.method,
            "path": path,
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 1),
            "actor": getattr(g.get("actor"), "key", None),
        },
    )
    return response
