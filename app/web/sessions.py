"""Sessions of staff: Flask-Login over the signed cookie, and the brake on sign-ins."""

import unicodedata
from typing import Any

from flask import Flask, Response, make_response, redirect, request, session, url_for
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)

from app.accounts import queries as accounts
from app.accounts.views import UserView
from app.core.settings import Settings
from app.doors import brakes, current, lean
from app.doors.htmx import wants_partial


class SignedIn(UserMixin):  # type: ignore[misc]  # the library is untyped
    """What Flask-Login keeps of a member of staff for one request."""

    def __init__(self, user: UserView) -> None:
        self.user = user

    def get_id(self) -> str:
        return str(self.user.id)


manager = LoginManager()


def init_app(app: Flask, settings: Settings) -> None:
    """Load the session's user for every request, and count sign-ins in Redis."""
    brakes.init_app(app, settings)
    manager.user_loader(_load)
    manager.unauthorized_handler(ask_to_sign_in)
    # Its context processor would ask the database for every page that is rendered:
    # the page that says that the database is away, too.
    manager.init_app(app, add_context_processor=False)
    # It would look for a cookie that outlives the session; there is none here.
    lean.drop(app.after_request_funcs[None], manager)


def _load(kept: str) -> SignedIn | None:
    if not kept.isdecimal():
        return None
    user = accounts.signed_in(int(kept), demo=current.settings().demo)
    return None if user is None else SignedIn(user)


def ask_to_sign_in() -> Response:
    """Lead to the sign-in page, and back afterwards."""
    if wants_partial():
        # The piece that was asked for would show the sign-in page inside the page.
        wanted = local(request.headers.get("HX-Current-URL"))
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = url_for("signing.sign_in", next=wanted)
        return answer
    # What was sent cannot be sent again from there; the page it was typed on can.
    asked = request.full_path.rstrip("?")
    wanted = local(request.referrer) if request.method == "POST" else asked
    address = url_for("signing.sign_in", next=wanted or url_for("calendar.home"))
    return make_response(redirect(address, 303))


def require_staff() -> Any:
    """Let in who has signed in; for `before_request` of the staff's blueprints."""
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    current.enter(current_user.user)
    return None


def begin(user: UserView) -> None:
    """Start a new session; nothing of the one before it stays."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(user))


def end() -> None:
    """End the session."""
    logout_user()
    session.clear()


def local(address: str | None) -> str | None:
    """Give the path of an address when it is one of ours, else nothing."""
    if not address:
        return None
    path = address.removeprefix(request.host_url.rstrip("/"))
    # A second slash or a backslash makes browsers read a foreign host, and so does
    # one after a tab or a line break, which they leave out.
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return None
    if any(unicodedata.category(char) == "Cc" for char in path):
        return None
    return path
