"""Who calls: the user a bearer token stands for. A browser's session opens nothing."""

from uuid import UUID

from flask import request
from werkzeug.exceptions import Unauthorized

from app.accounts import queries as accounts
from app.core import clock
from app.core.errors import NotFoundError
from app.doors import current

# The id of a delegation: what follows is done on behalf of who lent it.
ON_BEHALF = "On-Behalf-Of"
_LONGEST = 200


def require_bearer() -> None:
    """
    Find who makes this request before anything of it is read, and on whose behalf.

    :raises NotFoundError: if the delegation named was not lent to them, or is over
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
    lent = request.headers.get(ON_BEHALF)
    if lent is not None:
        current.act_for(_delegation(lent), now=clock.now())


def _delegation(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError as exc:
        raise NotFoundError("delegation", field=ON_BEHALF) from exc
