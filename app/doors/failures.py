"""The edge of every door: whatever was raised is answered in that door's manner."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from app.core.db import db, is_away
from app.core.errors import DomainError, UnavailableError

log = logging.getLogger(__name__)

Teller = Callable[[DomainError | HTTPException], ResponseReturnValue]

_TELLERS = "baari.failures"


def tell_with(app: Flask, prefix: str, teller: Teller) -> None:
    """
    Let `teller` answer failures of paths under `prefix`, as in "/api/".

    The longest prefix that fits speaks; also for paths that no route knows.
    """
    if _TELLERS not in app.extensions:
        app.extensions[_TELLERS] = {}
        app.register_error_handler(DomainError, _tell)
        app.register_error_handler(HTTPException, _tell)
        app.register_error_handler(Exception, _tell_bug)
    app.extensions[_TELLERS][prefix] = teller


def _tell(failure: DomainError | HTTPException) -> ResponseReturnValue:
    tellers: dict[str, Teller] = current_app.extensions[_TELLERS]
    fitting = [prefix for prefix in tellers if request.path.startswith(prefix)]
    if not fitting:
        return "", getattr(failure, "code", None) or HTTPStatus.BAD_REQUEST
    return tellers[max(fitting, key=len)](failure)


def _tell_bug(bug: Exception) -> ResponseReturnValue:
    # Whatever the request had begun is undone; the answer may need the database.
    db.session.rollback()
    if is_away(bug):
        log.error("the database is away: %s", bug)
        return _tell(UnavailableError())
    log.error("a request failed", exc_info=bug)
    return _tell(InternalServerError(original_exception=bug))
