"""Messages stopped by the link in each: looking changes nothing, the button does."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import NotFoundError
from app.doors import brakes, patient_words
from app.doors.languages import Reading
from app.notifications import service, stop_queries
from app.notifications.kinds import OUTWARD, Channel, Stop
from app.public import status
from app.public.reading import asked, reading

bp = Blueprint("stopping", __name__, url_prefix="/o")
bp.after_request(status.keep_secret)

_DONE = frozenset({"stop", "start", "choose"})
# Far more than anybody needs, and nothing to who guesses secrets of 65 bits.
PER_ADDRESS = "60 per minute"
_braked = brakes.limiter.shared_limit(PER_ADDRESS, scope="stopping")


@bp.get("/<secret>")
@_braked
def show(secret: str) -> ResponseReturnValue:
    """Say what is stopped here, and by what it comes; looking at it stops nothing."""
    found = stop_queries.stop_of(secret)
    done = request.args.get("done")
    return render_template(
        "public/stop.html",
        told=found,
        done=done if done in _DONE else None,
        secret=secret,
        lang=asked(),
        reading=_reading(secret, found.language),
    )


@bp.post("/<secret>")
@_braked
def set_stopped(secret: str) -> ResponseReturnValue:
    """
    Stop all or start all again, or each as ticked, as the button says.

    A mail program's own button stops mail, and nothing else.
    """
    now, wish = clock.now(), request.form.get("wish", "stop")
    if request.form.get("List-Unsubscribe") == "One-Click":
        service.stop(secret, Stop.MAIL, ways=(Channel.EMAIL,), now=now)
        # A mail program follows no redirect.
        return "", 204
    if wish == "choose":
        shown, ticked = stop_queries.stop_of(secret).ways, request.form.getlist("by")
        wanted = {each: each.value in ticked for each, _ in shown}
    else:
        wanted = dict.fromkeys(OUTWARD, wish == "start")
    service.choose(secret, wanted, now=now)
    done = wish if wish in _DONE else "stop"
    there = url_for(".show", secret=secret, lang=asked(), done=done)
    return redirect(there, 303)


@bp.errorhandler(NotFoundError)
def unknown(error: NotFoundError) -> ResponseReturnValue:
    """Say of every address that opens nothing the same."""
    return status.unknown(error)


def _reading(secret: str, own: str) -> Reading:
    """Read in the language that was asked for, else in the patient's own."""
    found = reading(".show", secret=secret)
    if asked() or own not in patient_words.LANGUAGES:
        return found
    return Reading(patient_words.LANGUAGES[own], found.others)
