"""The buyer's pages: a person finds a time, books it through the network, calls off."""

from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from app.core import clock
from app.core.settings import PROJECT
from network import buyer as buyers
from network import messages, steps
from network.buyer import Buyer, Deal
from network.meanings import ZONE
from network.messages import Message, Person

# Usually the answer is there before a page must say that it is waited for.
_SOON_S = 2.0
_LONGEST = 80
_NAME = "network_buyer"
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"

bp = Blueprint("pages", __name__)


def create(buyer: Buyer) -> Flask:
    """Make the buyer's app: its pages, and where it is called back."""
    app = Flask(
        "network.pages",
        root_path=str(PROJECT / "network"),
        static_folder=str(PROJECT / "static"),
    )
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.extensions[_NAME] = buyer
    app.register_blueprint(bp)
    buyers.listen(app, buyer)
    app.after_request(_guarded)
    return app


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@bp.before_request
def _ours() -> None:
    """Take forms of our own pages alone."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin not in {None, request.host_url[:-1]}:
        abort(HTTPStatus.FORBIDDEN)


@bp.get("/")
def start() -> str:
    today = clock.now().astimezone(ZONE).date()
    return render_template(
        "search.html",
        today=today,
        day=today + timedelta(days=1),
        visits=_buyer().visits,
    )


@bp.get("/look.css")
def look() -> Response:
    text = (PROJECT / "network/static/look.css").read_text(encoding="utf-8")
    return Response(text, mimetype="text/css")


@bp.post("/search")
def search() -> Answer:
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    deal = _buyer().begin()
    wanted = messages.search(
        day, doctor=_said("doctor"), department=_said("department")
    )
    return _asked(deal, "search", wanted)


@bp.get("/visit/<transaction>")
def visit(transaction: str) -> Response:
    deal = _deal(transaction)
    if deal.order is not None and deal.last("track") is None:
        _ask_more(deal)
    view = steps.view(deal, now=clock.now())
    wire = _buyer().wire.of(transaction)
    page = render_template("visit.html", deal=deal, view=view, lines=wire)
    response = Response(page)
    if view.waiting or view.coming:
        # It looks again without any script.
        response.headers["Refresh"] = "1"
    return response


@bp.post("/visit/<transaction>/choose")
def choose(transaction: str) -> Answer:
    deal, wanted = _deal(transaction), request.form.get("place")
    places = steps.places(deal)
    deal.place = next((p for p in places if p.fulfilment == wanted), None)
    if deal.place is None:
        abort(HTTPStatus.BAD_REQUEST)
    return _asked(deal, "select", messages.order(deal.place))


@bp.post("/visit/<transaction>/who")
def who(transaction: str) -> Answer:
    deal = _deal(transaction)
    age = _said("age")
    person = Person(_said("name"), _said("phone"), age if age.isdigit() else "")
    sex = _said("sex")
    deal.person = replace(person, sex=sex) if sex in {"F", "M", "O"} else person
    return _ordered(deal, "init")


@bp.post("/visit/<transaction>/form")
def form(transaction: str) -> Answer:
    """Leave it to the form of the house who comes, or say that it is handed in."""
    deal = _deal(transaction)
    deal.person = None
    return _ordered(deal, "init")


@bp.post("/visit/<transaction>/confirm")
def confirm(transaction: str) -> Answer:
    deal = _deal(transaction)
    return _ordered(deal, "confirm", _agreed(deal))


@bp.post("/visit/<transaction>/status")
def status(transaction: str) -> Answer:
    deal = _deal(transaction)
    order = {"order_id": _order_id(deal)}
    _ask_more(deal)
    return _asked(deal, "status", order)


@bp.post("/visit/<transaction>/cancel")
def cancel(transaction: str) -> Answer:
    deal = _deal(transaction)
    return _asked(deal, "cancel", messages.cancel(_order_id(deal), _said("reason")))


def _ask_more(deal: Deal) -> None:
    """Ask for what the page of a visit offers: where to follow it, why to end it."""
    _buyer().ask(deal, "track", {"order_id": _order_id(deal)})
    _patient(deal, _buyer().ask(deal, "get_cancellation_reasons", {}))


def _ordered(deal: Deal, action: str, more: Message | None = None) -> Answer:
    if deal.place is None:
        abort(HTTPStatus.BAD_REQUEST)
    handed_in = "" if deal.person else deal.form.get("form", {}).get("submission_id")
    order = messages.order(deal.place, deal.person, handed_in=handed_in or "")["order"]
    return _asked(deal, action, {"order": {**order, **(more or {})}})


def _agreed(deal: Deal) -> Message:
    """Agree to what was shown and to no other price, and pay it if that is asked."""
    last = deal.last("init")
    answers = deal.answers(last) if last else []
    if not answers or "message" not in answers[0]:
        abort(HTTPStatus.BAD_REQUEST)
    return messages.agreed(answers[0]["message"]["order"], deal.transfer)


def _asked(deal: Deal, action: str, message: Message) -> Answer:
    """Send it, wait a little for the answer, and lead to the page that shows it."""
    _patient(deal, _buyer().ask(deal, action, message))
    return redirect(url_for("pages.visit", transaction=deal.transaction), 303)


def _patient(deal: Deal, asked: buyers.Asked) -> None:
    _buyer().settle(deal, asked, _SOON_S)


def _deal(transaction: str) -> Deal:
    found = _buyer().find(transaction)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _order_id(deal: Deal) -> str:
    if deal.order is None:
        abort(HTTPStatus.BAD_REQUEST)
    return str(deal.order["id"])


def _said(name: str) -> str:
    return request.form.get(name, "").strip()[:_LONGEST]


def _buyer() -> Buyer:
    found: Any = current_app.extensions[_NAME]
    assert isinstance(found, Buyer)
    return found
