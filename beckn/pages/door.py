"""The network's pages: what was said and what is stuck, message by message."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.core import clock
from app.core.errors import InputError
from app.doors import current
from app.web import above
from app.web.above import Part
from app.web.reading import any_facility, number_of, utc
from beckn import door, owing
from beckn.dialects import spoken
from beckn.door import Network
from beckn.pages import checklist, counting, evidence, reading, views, wording
from beckn.pages.views import Letter
from beckn.trust.checking import SOON

log = logging.getLogger("baari.network")

bp = above.for_staff(Blueprint("network", __name__, url_prefix="/network"))

# What may be looked back on, and how that is called.
SPANS: Mapping[str, tuple[str, timedelta]] = {
    "day": ("24 hours", timedelta(days=1)),
    "week": ("7 days", timedelta(days=7)),
    "month": ("30 days", timedelta(days=30)),
    "quarter": ("90 days", timedelta(days=90)),
}
_USUAL = "week"
# The worker looks each minute; what is due longer than this waits for nobody.
_LATE = timedelta(minutes=3)
_LONGEST = 200


class Typed(Struct, frozen=True):
    """The search as it stands in the address."""

    said: str
    span: str
    stuck: bool
    page: int

    def address(self, **changed: Any) -> str:
        """Give the address of this search with something changed."""
        told: dict[str, Any] = {
            "q": self.said,
            "span": self.span,
            "stuck": int(self.stuck),
            "page": self.page,
        } | changed
        usual = {"q": "", "span": _USUAL, "stuck": 0, "page": 1}
        said = {name: value for name, value in told.items() if value != usual[name]}
        return url_for("network.index", **said)


def init_app(app: Flask) -> None:
    """Hang the pages into the app; nobody is led there where no network is joined."""
    part = Part("Network", here="network", endpoint="network.index", shown=_shown)
    above.add(app, bp, part)


@bp.before_request
def let_in() -> None:
    """Let in who keeps the network, where there is one."""
    reading.require(current.actor())
    _network()


@bp.get("/")
def index() -> ResponseReturnValue:
    by, now, typed = current.actor(), clock.now(), _typed()
    since = now - SPANS[typed.span][1]
    asked = views.Asked(since, typed.said, typed.stuck, typed.page)
    return _page(
        "network/index.html",
        typed=typed,
        spans=SPANS,
        found=reading.deals(asked, by=by),
        counts=counting.counts(since, by=by),
        strangers=counting.strangers(since, by=by),
        turned_away=reading.turned_away(by=by),
        lag=reading.lag(by=by, now=now),
        late=now - _LATE,
        **_key(now),
    )


@bp.get("/transactions/<uuid:message>")
def show(message: UUID) -> ResponseReturnValue:
    """Show all that was said in the transaction of a message."""
    talk = reading.talk(message, by=current.actor())
    return _page("network/talk.html", talk=talk)


@bp.get("/messages/<uuid:message>")
def one(message: UUID) -> ResponseReturnValue:
    return _letter(message)


@bp.post("/messages/<uuid:message>/resend")
def resend(message: UUID) -> ResponseReturnValue:
    """Send a message once more, the same bytes."""
    letter = reading.letter(message, by=current.actor())
    try:
        owing.resend(message, now=clock.now())
    except owing.NotAgainError:
        return _letter(message, HTTPStatus.CONFLICT)
    log.info("%s has %s sent again", current.actor().name, message)
    return redirect(url_for(".one", message=letter.line.id, done="resent"), 303)


@bp.get("/checklist")
def proofs() -> ResponseReturnValue:
    """Show what certification asks, and what proves it."""
    facts = evidence.facts(_network(), by=current.actor(), now=clock.now())
    return _page(
        "network/checklist.html", rows=checklist.rows(facts), Proof=checklist.Proof
    )


def _letter(message: UUID, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    by = current.actor()
    letter = reading.letter(message, by=by)
    people = accounts.may(by, Permission.VIEW_PATIENTS, EVERYWHERE)
    body = wording.body(letter.raw, people=people)
    answer = _page(
        "network/message.html",
        letter=letter,
        people=people,
        body=body[: wording.MOST_SHOWN],
        cut=len(body) > wording.MOST_SHOWN,
        curl=_curl(letter) if people else "",
        refused=status == HTTPStatus.CONFLICT,
        done=request.args.get("done") == "resent",
    )
    return answer, status


def _curl(letter: Letter) -> str:
    """Write the call again: signed if it is ours to sign, and its bytes are fixed."""
    network = _network()
    if letter.line.came:
        url = f"{network.url.removesuffix('/')}/{letter.line.action}"
        return wording.curl(url, letter.raw, {})
    if not letter.fixed:
        return ""
    dialect = spoken.guessed(letter.raw)
    headers = network.sign(letter.raw, dialect=dialect, now=clock.now())
    return wording.curl(letter.url, letter.raw, headers)


def _typed() -> Typed:
    given = request.args
    span = given.get("span", _USUAL)
    if span not in SPANS:
        raise InputError(field="span", reason="choice")
    said = given.get("q", "").strip()[:_LONGEST].replace("\0", "?")
    page = max(1, number_of(given, "page") or 1)
    return Typed(said, span, given.get("stuck") == "1", page)


def _key(now: datetime) -> dict[str, Any]:
    key = _network().key(now=now)
    soon = key is not None and key.valid_until - now < SOON
    return {"key": key, "key_soon": soon}


def _page(template: str, **told: Any) -> str:
    facility = any_facility()
    return render_template(
        template,
        facility=facility,
        zone=facility.zone if facility else utc,
        now=clock.now(),
        tell=wording,
        network=_network(),
        **told,
    )


def _network() -> Network:
    network = door.network_of(current_app)
    if network is None:
        abort(HTTPStatus.NOT_FOUND)
    return network


def _shown() -> bool:
    if door.network_of(current_app) is None:
        return False
    return accounts.may(current.actor(), Permission.MANAGE_NETWORK, EVERYWHERE)
