"""Acting on behalf of who lent something: chosen for a session, said on each page."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts import queries as accounts
from app.accounts.views import DelegationView
from app.core import clock
from app.core.errors import ConflictError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.htmx import page, wants_partial
from app.web import hours_words
from app.web.lending import LENT
from app.web.reading import any_facility, utc, uuid_of

bp = Blueprint("acting", __name__, url_prefix="/acting")

_KEPT = "acting"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class LoanEndedError(ConflictError):
    """What was lent ended before this came: it is done for nobody."""

    code = "loan_ended"


def take_up() -> ResponseReturnValue | None:
    """
    Let a request be on behalf of whom its session chose, while that runs.

    Once it has ended, whoever looks is told; a piece of a page asks for the whole of
    it, so that its top does not say what is no longer so.

    :raises LoanEndedError: if something was to be done
    """
    kept = session.get(_KEPT)
    if kept is None or request.endpoint == f"{bp.name}.stop":
        return None
    try:
        current.act_for(UUID(kept), now=clock.now())
    except NotFoundError as exc:
        del session[_KEPT]
        if request.method not in _READS:
            raise LoanEndedError from exc
        session["acting_ended"] = True
        if wants_partial():
            answer = make_response("", 204)
            answer.headers["HX-Refresh"] = "true"
            return answer
    return None


def acts_for() -> str:
    """Name whom the present request is made on behalf of, if anybody."""
    return "" if current.nobody() else current.actor().on_behalf_of or ""


def just_ended() -> bool:
    """Say, once, that what was lent has ended."""
    return bool(session.pop("acting_ended", False))


class Loan(Struct, frozen=True):
    """What somebody lent the reader, and where it opens a calendar, if it does."""

    told: DelegationView
    place: FacilityView | None
    chosen: bool

    @property
    def until(self) -> str:
        zone = self.place.zone if self.place else utc
        return hours_words.span_told(self.told.during, zone)


@bp.get("/")
def index() -> ResponseReturnValue:
    """List what is lent to the reader at this moment, wherever that is."""
    now = clock.now()
    return page(
        "web/acting.html",
        partial="web/_acting.html",
        facility=any_facility(),
        loans=[
            _loan(each, now) for each in accounts.lent_to(current.user().actor, now=now)
        ],
        lent=LENT,
        now=now,
    )


def _loan(told: DelegationView, now: datetime) -> Loan:
    """Look with the eyes of who borrows it: their own may not open that facility."""
    lent = accounts.acting_for(current.user().actor, told.id, now=now)
    places = [e for e in directory.facilities(by=lent) if e.id == told.facility_id]
    chosen = session.get(_KEPT) == str(told.id)
    return Loan(told, next(iter(places), None), chosen)


@bp.post("/")
def choose() -> ResponseReturnValue:
    """Act on behalf of who lent something, from now on in this session."""
    loan = uuid_of(request.form.get("loan"), field="loan", what="delegation")
    current.enter(current.user())
    current.act_for(loan, now=clock.now())
    session[_KEPT] = str(loan)
    return redirect(url_for("calendar.home"), 303)


@bp.post("/stop")
def stop() -> ResponseReturnValue:
    """Act as oneself again."""
    session.pop(_KEPT, None)
    return redirect(url_for(".index"), 303)
