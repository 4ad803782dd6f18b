"""How a visit stands, for whoever holds its slip: a number, a place, a range."""

from http import HTTPStatus

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import NotFoundError
from app.doors import queue_words
from app.queues import queries

bp = Blueprint("status", __name__, url_prefix="/s")


@bp.get("/<secret>")
def show(secret: str) -> ResponseReturnValue:
    """Show how a visit stands; nobody is named, and no cache keeps it."""
    now = clock.now()
    try:
        told = queries.status(secret, now=now)
    except NotFoundError:
        return render_template("public/unknown.html"), HTTPStatus.NOT_FOUND
    return render_template(
        "public/status.html",
        status=told,
        likely=queue_words.likely(told.entry, now),
        status_words=queue_words.TOLD,
        minutes=queue_words.minutes_to_wait(told.entry),
        now=now,
        zone=told.facility.zone,
    )


@bp.after_request
def keep_secret(response: Response) -> Response:
    """Let neither a cache nor another site learn the address."""
    response = make_response(response)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
