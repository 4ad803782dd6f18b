"""Who makes the present request, and which installation it is made to."""

from datetime import datetime
from uuid import UUID

from flask import current_app, g
from werkzeug.exceptions import Unauthorized

from app.accounts import queries as accounts
from app.accounts.views import UserView
from app.core.actor import Actor
from app.core.settings import Settings


def settings() -> Settings:
    """Give the settings of this installation."""
    found: Settings = current_app.extensions["baari.settings"]
    return found


def enter(user: UserView) -> None:
    """Say who makes this request, once a door has made sure of it."""
    g.user = user
    g.actor = user.actor


def act_for(delegation: UUID, *, now: datetime) -> None:
    """
    Let this request be made on behalf of who lent its user something.

    :raises NotFoundError: if it was not lent to them, or does not run at `now`
    """
    g.actor = accounts.acting_for(actor(), delegation, now=now)


def user() -> UserView:
    """
    Give the member of staff who makes this request.

    :raises Unauthorized: if nobody has signed in
    """
    found: UserView | None = g.get("user")
    if found is None:
        raise Unauthorized
    return found


def nobody() -> bool:
    """Say whether nobody has signed in, as on the page that asks to."""
    return g.get("user") is None


def actor() -> Actor:
    """
    Give whoever makes this request, as acts want to know.

    :raises Unauthorized: if nobody has signed in
    """
    found: Actor | None = g.get("actor")
    if found is None:
        raise Unauthorized
    return found
