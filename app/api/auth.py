"""Who calls: the user a bearer token stands for. A browser's session opens nothing."""

from flask import request
from werkzeug.exceptions import Unauthorized

from app.accounts import queries as accounts
from app.core import clock
from app.doors import current

_LONGEST = 200


def require_bearer() -> None:
    """
    Find who makes this request before anything of it is read.

    :raises Unauthorized: without a token that is still good
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(secret) <= _LONGEST:
        raise Unauthorized
    demo = current.settings().demo
    user = accounts.bearer(secret.strip(), now=clock.now(), demo=demo)
    if user is None:
        raise Unauthorized
    current.enter(user)
