"""What patients do with their own visit: come, cancel, move, and say how it was."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from msgspec import Struct

from app.booking import own_queries
from app.booking import service as bookings
from app.booking.choosing import Asked, whole_days
from app.booking.own_queries import OwnView
from app.booking.views import Whom
from app.core import clock
from app.core.actor import ONESELF
from app.core.errors import DomainError, InputError, NotFoundError
from app.core.spans import local_date
from app.doors import brakes, patient_words
from app.doors.problems import problem_of
from app.public import status
from app.public.reading import asked, language, reading
from app.queues import service as queues
from app.queues.views import Claim

bp = Blueprint("visit", __name__, url_prefix="/a")
bp.after_request(status.keep_secret)
bp.register_error_handler(NotFoundError, status.unknown)

# Counted before a try is compared, and by the visit alone: nobody is locked out by
# another who sits in the same wifi.
TRIES = "5 per hour"
# Of whole days, so that none looks full that is not.
LEAST_TIMES = 12


class Time(Struct, frozen=True):
    """A time that is free, and the local day it is on."""

    start: datetime
    day: date


_braked = brakes.limiter.shared_limit(
    TRIES, scope="visit", key_func=lambda: (request.view_args or {})["secret"]
)


@bp.post("/<secret>/come")
def come(secret: str) -> ResponseReturnValue:
    """Say that one comes; who is not marked as here is not called."""
    now = clock.now()
    place = own_queries.own(secret, now=now).appointment.facility
    try:
        queues.come_oneself(Claim(reference=secret), place, now=now, here=False)
    except NotFoundError:
        raise
    except DomainError as refusal:
        return _form("refused", secret, refusal)
    return _back(secret)


@bp.post("/<secret>/accept")
def accept(secret: str) -> ResponseReturnValue:
    """Take the place that is offered."""
    return _answered(bookings.accept_own, secret, "accepted")


@bp.post("/<secret>/decline")
def decline(secret: str) -> ResponseReturnValue:
    """Let a place go that was offered from the waitlist."""
    return _answered(bookings.decline_own, secret, "declined")


@bp.get("/<secret>/cancel")
def ask_cancel(secret: str) -> ResponseReturnValue:
    """Ask whether a visit shall be cancelled."""
    return _form("cancel", secret)


@bp.post("/<secret>/cancel")
@_braked
def cancel(secret: str) -> ResponseReturnValue:
    """Cancel the visit of who knows the last digits of its phone."""
    try:
        bookings.cancel_own(secret, _typed("digits", 8), now=clock.now())
    except NotFoundError:
        raise
    except DomainError as refusal:
        return _form("cancel", secret, refusal)
    return _back(secret, "cancelled")


@bp.get("/<secret>/move")
def ask_move(secret: str) -> ResponseReturnValue:
    """Offer other times of the same doctor."""
    return _form("move", secret)


@bp.post("/<secret>/move")
@_braked
def move(secret: str) -> ResponseReturnValue:
    """Move the visit of who knows the last digits of its phone."""
    try:
        to = _moment(_typed("starts_at", 40))
        bookings.move_own(secret, _typed("digits", 8), to, now=clock.now())
    except NotFoundError:
        raise
    except DomainError as refusal:
        return _form("move", secret, refusal)
    return _back(secret, "moved")


@bp.get("/<secret>/rate")
def ask_rating(secret: str) -> ResponseReturnValue:
    """Ask how a visit was."""
    return _form("rate", secret)


@bp.post("/<secret>/rate")
def rate(secret: str) -> ResponseReturnValue:
    """Keep what a patient says of their visit."""
    stars = _typed("stars", 1)
    try:
        bookings.rate_own(
            secret,
            int(stars) if stars in set("12345") else 0,
            request.form.get("words", "")[:2000],
            now=clock.now(),
        )
    except NotFoundError:
        raise
    except DomainError as refusal:
        return _form("rate", secret, refusal)
    return _back(secret, "rated")


@bp.errorhandler(RateLimitExceeded)
def too_often(error: RateLimitExceeded) -> ResponseReturnValue:
    """Say when to try again, on the page that was tried."""
    del error
    secret = (request.view_args or {})["secret"]
    told = language().words["tries"]
    try:
        own_queries.own(secret, now=clock.now())
    except NotFoundError as nobodys:
        # What opens nothing is answered alike, however often it is tried.
        return status.unknown(nobodys)
    page = render_template(
        "public/visit_refused.html", **_shown("refused", secret), error=told
    )
    return page, HTTPStatus.TOO_MANY_REQUESTS


def _answered(act: Callable[..., None], secret: str, done: str) -> ResponseReturnValue:
    try:
        act(secret, now=clock.now())
    except NotFoundError:
        raise
    except DomainError as refusal:
        return _form("refused", secret, refusal)
    return _back(secret, done)


def _form(
    act: str, secret: str, refusal: DomainError | None = None
) -> ResponseReturnValue:
    """Show the page of an act, and why it was not done; nothing typed is lost."""
    now = clock.now()
    own = own_queries.own(secret, now=now)
    zone = own.appointment.facility.zone
    told = "" if refusal is None else patient_words.refusal(refusal, language(), zone)
    page = render_template(
        f"public/visit_{act}.html",
        **_shown(act, secret),
        own=own,
        error=told,
        field=refusal.field if refusal else None,
        **_times(own, now=now) if act == "move" and own.may_move else {},
        typed={n: _typed(n, 1000) for n in ("digits", "starts_at", "stars", "words")},
        zone=zone,
    )
    return page, problem_of(refusal).status if refusal else HTTPStatus.OK


def _shown(act: str, secret: str) -> dict[str, Any]:
    endpoint = {"cancel": ".ask_cancel", "move": ".ask_move", "rate": ".ask_rating"}
    read = reading(endpoint.get(act, "status.show"), secret=secret)
    return {"reading": read, "secret": secret, "lang": asked()}


def _times(own: OwnView, *, now: datetime) -> dict[str, Any]:
    """Give free times, nothing of who has the others, and the day that is later."""
    told = own.appointment
    first = _day(request.args.get("from", ""))
    zone = told.facility.zone
    after = now if first is None else datetime.combine(first, time(), tzinfo=zone)
    length = int(told.span.length.total_seconds() // 60)
    wanted = Asked(
        told.facility,
        told.resource,
        told.type,
        ONESELF,
        minutes=length,
        whom=Whom(told.patient.public_id, told.id) if told.patient else None,
    )
    found = whole_days(wanted, told.kind, max(now, after), now=now, least=LEAST_TIMES)
    times = [
        Time(each.span.start, local_date(each.span.start, zone))
        for each in found
        if each.span.start != told.span.start
    ]
    return {
        "times": times,
        "later": times and (times[-1].day + timedelta(days=1)).isoformat(),
    }


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _moment(written: str) -> datetime:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError(field="starts_at", reason="required")
    return found


def _back(secret: str, done: str | None = None) -> ResponseReturnValue:
    there = url_for("status.show", secret=secret, lang=asked(), done=done)
    return redirect(there, HTTPStatus.SEE_OTHER)


def _typed(name: str, most: int) -> str:
    return request.form.get(name, "").strip()[:most]
