"""How a visit stands, for whoever holds its address: a number, a place, a range."""

from hashlib import sha256
from http import HTTPStatus
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.booking import own_queries
from app.booking.own_queries import OwnView
from app.booking.states import FREES_PLACE
from app.core import clock
from app.core.errors import NotFoundError
from app.doors import calendar_file, queue_words
from app.public.reading import asked, reading
from app.queues import queries
from app.queues.views import StatusView

bp = Blueprint("status", __name__, url_prefix="/a")
# Slips that were printed long ago say /s/.
old = Blueprint("old_status", __name__, url_prefix="/s")

DONE = frozenset({"accepted", "cancelled", "declined", "joined", "moved", "rated"})
_MAP = "https://www.google.com/maps/search/?api=1&query="


@old.get("/<secret>")
def moved(secret: str) -> ResponseReturnValue:
    """Lead from the address on an old slip to the one of now, whoever it is."""
    there = url_for("status.show", secret=secret, lang=asked())
    return redirect(there, HTTPStatus.PERMANENT_REDIRECT)


@bp.get("/<secret>")
def show(secret: str) -> ResponseReturnValue:
    """Show how a visit stands; nobody is named, and no cache keeps it."""
    now, read = clock.now(), reading(".show", secret=secret)
    told, own = queries.status(secret, now=now), own_queries.own(secret, now=now)
    entry = told.entry if told.live else None
    waits = None if entry is None else queue_words.waits(entry, read.language, now)
    version = _version(told, own, waits)
    seen = request.args.get("v")
    if seen == version:
        return "", HTTPStatus.NO_CONTENT
    place = told.facility
    return render_template(
        "public/status.html" if seen is None else "public/_visit.html",
        status=told,
        own=own,
        reading=read,
        waits=waits,
        version=version,
        secret=secret,
        lang=asked(),
        done=request.args.get("done") if request.args.get("done") in DONE else None,
        directions=place.address and _MAP + quote(f"{place.name}, {place.address}"),
        now=now,
        zone=place.zone,
    )


@bp.get("/<secret>/visit.ics")
def calendar(secret: str) -> ResponseReturnValue:
    """Give the visit as a file for a calendar; a later one takes its place there."""
    now, language = clock.now(), reading(".show", secret=secret).language
    own = own_queries.own(secret, now=now)
    told, place = own.appointment, own.appointment.facility
    event = calendar_file.Event(
        uid=f"{told.id}@baari",
        sequence=told.revision,
        span=told.span,
        summary=language.say("event", facility=place.name),
        location=", ".join(filter(None, (place.name, place.address))),
        url=url_for(".show", secret=secret, _external=True),
        off=own.seat.status in FREES_PLACE,
    )
    answer = make_response(calendar_file.write(event, now=now))
    answer.headers["Content-Type"] = calendar_file.MIME
    answer.headers["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return answer


def _version(told: StatusView, own: OwnView, waits: tuple[str, str, int] | None) -> str:
    """Name what a page shows: another name, and a poll is given the page anew."""
    entry = told.entry
    shown = (
        told.resource.name,
        told.resource.place,
        told.seat,
        entry and (entry.state, entry.position, entry.present, entry.counter),
        (told.paused, told.late_minutes, told.live, told.may_come),
        (own.may_cancel, own.may_move, own.may_rate, own.may_join),
        (own.rating, own.offered),
        waits,
    )
    return sha256(repr(shown).encode()).hexdigest()[:16]


@bp.errorhandler(NotFoundError)
def unknown(error: NotFoundError) -> ResponseReturnValue:
    """Say of every address that opens nothing the same, whatever is wrong with it."""
    del error
    secret = (request.view_args or {})["secret"]
    read = reading("status.show", secret=secret)
    page = render_template("public/unknown.html", reading=read)
    return page, HTTPStatus.NOT_FOUND


@bp.after_request
@old.after_request
def keep_secret(response: Response) -> Response:
    """Let neither a cache nor another site learn the address."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.vary.add("Accept-Language")
    return response
