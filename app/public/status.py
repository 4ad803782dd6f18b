"""How a visit stands, for whoever holds its slip: a number, a place, a range."""

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import NotFoundError
from app.doors import queue_words
from app.doors.languages import Language
from app.public.reading import reading
from app.queues import queries
from app.queues.views import EntryView

bp = Blueprint("status", __name__, url_prefix="/s")


@bp.get("/<secret>")
def show(secret: str) -> ResponseReturnValue:
    """Show how a visit stands; nobody is named, and no cache keeps it."""
    now, read = clock.now(), reading(".show", secret=secret)
    try:
        told = queries.status(secret, now=now)
    except NotFoundError:
        return (
            render_template("public/unknown.html", reading=read),
            HTTPStatus.NOT_FOUND,
        )
    return render_template(
        "public/status.html",
        status=told,
        reading=read,
        waits=_waits(told.entry, read.language, now) if told.entry.position else None,
        now=now,
        zone=told.facility.zone,
    )


def _waits(
    entry: EntryView, language: Language, now: datetime
) -> tuple[str, str] | None:
    """Say how many minutes somebody waits, and between when they are called."""
    if entry.wait is None:
        return None
    low, high = queue_words.whole_minutes(entry.wait)
    minutes = str(low) if low == high else language.say("range", low=low, high=high)
    first, last = queue_words.likely_times(entry, entry.wait, now)
    how = "at" if first == last else "between"
    return minutes, language.say(how, low=first, high=last)


@bp.after_request
def keep_secret(response: Response) -> Response:
    """Let neither a cache nor another site learn the address."""
    response = make_response(response)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.vary.add("Accept-Language")
    return response
