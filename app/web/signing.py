"""Sign in and out."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries
from app.accounts import service as accounts
from app.accounts.errors import SignInError
from app.core import clock
from app.doors import brakes, current
from app.doors.words import say
from app.web import sessions

bp = Blueprint("signing", __name__)
bp.after_request(brakes.settle)

# One person who mistypes gets through; one who tries a dictionary does not.
PER_NAME = "10 per 5 minutes"
PER_ADDRESS = "100 per 5 minutes"


def _who() -> str:
    name = request.form.get("username", "").strip().lower()[:60]
    return f"{request.remote_addr}/{name}"


def _failed(response: Response) -> bool:
    """Count failures only: a desk that signs in often is no attack."""
    return response.status_code == HTTPStatus.UNAUTHORIZED


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    return _form()


@bp.post("/sign-in")
@brakes.limiter.limit(PER_ADDRESS, deduct_when=_failed)
@brakes.limiter.limit(PER_NAME, key_func=_who, deduct_when=_failed)
def enter() -> ResponseReturnValue:
    try:
        user = accounts.sign_in(
            request.form.get("username", ""),
            request.form.get("password", ""),
            now=clock.now(),
            demo=current.settings().demo,
        )
    except SignInError as exc:
        return _form(say(exc)), HTTPStatus.UNAUTHORIZED
    sessions.begin(user)
    wanted = sessions.local(request.form.get("next"))
    return redirect(wanted or url_for("calendar.home"), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    sessions.end()
    return redirect(url_for(".sign_in"), 303)


def _form(error: str | None = None) -> str:
    wanted = request.form.get("next") or request.args.get("next")
    return render_template(
        "web/sign_in.html",
        error=error,
        demo=current.settings().demo and queries.has_demo(),
        username=request.form.get("username", "")[:60],
        next=sessions.local(wanted) or "",
    )
