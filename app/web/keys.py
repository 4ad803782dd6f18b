"""The single keys of the staff's pages: which there are, and a page to change them."""

import json

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts import service as accounts
from app.accounts.views import PreferencesView
from app.core import clock
from app.core.errors import DomainError
from app.doors import current
from app.doors.problems import problem_of
from app.web.reading import any_facility, utc
from app.web.telling import Refusal, refusal_of

bp = Blueprint("keys", __name__, url_prefix="/keys")


class Key(Struct, frozen=True):
    """What one key does; pages mark what it presses with data-key and its act."""

    act: str
    usual: str
    does: str


KEYS = (
    Key("search", "/", "Find a patient"),
    Key("list", "?", "Show the list of keys"),
    Key("book", "b", "Book"),
    Key("today", "t", "Go to today"),
    Key("move", "m", "Move the visit that is open"),
    Key("approvals", "a", "Open the approvals"),
    Key("waitlist", "o", "Open the waitlist"),
    Key("queue", "q", "Open the queues"),
    Key("come", "w", "Somebody comes: check in or walk in"),
    Key("arrive", "i", "Check in the visit that is open"),
    Key("print", "p", "Print the slip"),
    Key("printed", "y", "Say that the slip came out"),
    Key("reports", "g", "Open the reports, or the conflicts"),
    Key("notices", "l", "Open the notices"),
    Key("next", "n", "Call the next"),
    Key("recall", "r", "Call once more"),
    Key("complete", "c", "Let the visit be done"),
    Key("skip", "s", "No answer: some places back"),
    Key("hold", "h", "Set aside"),
    Key("tests", "e", "Send for tests"),
    Key("undo", "z", "Take the last act back"),
)


@bp.get("/")
def form() -> ResponseReturnValue:
    return _form(keymap(_likes()), on=_likes().keys_on)


@bp.post("/")
def save() -> ResponseReturnValue:
    """Keep the keys as typed, or the usual ones again."""
    typed = {
        each.act: request.form.get(f"key_{each.act}", "").strip().lower()
        for each in KEYS
    }
    on = request.form.get("on") == "1"
    kept = {} if request.form.get("act") == "usual" else typed
    try:
        accounts.choose_keys(kept, on=on, by=current.actor(), now=clock.now())
    except DomainError as refusal:
        told, status = refusal_of(refusal, utc), problem_of(refusal).status
        return _form(typed, on=on, refusal=told), status
    return redirect(url_for(".form", done="saved"), 303)


def keymap(likes: PreferencesView) -> dict[str, str]:
    """Give the key of each act: the user's own, else the usual one if it is free."""
    taken = set(likes.keys.values())
    return {
        each.act: likes.keys.get(each.act, "" if each.usual in taken else each.usual)
        for each in KEYS
    }


def hint(act: str) -> str:
    """Give the key to show beside what it presses; nothing while keys are off."""
    likes = _likes()
    return keymap(likes).get(act, "").upper() if likes.keys_on else ""


def for_script() -> str:
    """Give the acts by their keys, as JSON; empty while keys are switched off."""
    likes = _likes()
    if not likes.keys_on or current.nobody():
        return ""
    return json.dumps({key: act for act, key in keymap(likes).items() if key})


def _likes() -> PreferencesView:
    return PreferencesView() if current.nobody() else current.user().likes


def _form(typed: dict[str, str], *, on: bool, refusal: Refusal | None = None) -> str:
    return render_template(
        "web/keys.html",
        facility=any_facility(),
        keys=KEYS,
        typed=typed,
        on=on,
        refusal=refusal,
        done=request.args.get("done") == "saved",
    )
