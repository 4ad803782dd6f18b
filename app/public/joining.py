"""Who booked by another app joins their record of old, by a code to their phone."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.booking import own_queries
from app.booking import service as bookings
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.doors import patient_words
from app.doors.problems import problem_of
from app.public import proving, status
from app.public.reading import asked, language, reading

bp = Blueprint("joining", __name__, url_prefix="/a")
bp.after_request(status.keep_secret)
bp.register_error_handler(NotFoundError, status.unknown)


@bp.get("/<secret>/join")
def ask(secret: str) -> ResponseReturnValue:
    """Ask who of the phone the patient is, once it is proved to be theirs."""
    return _page(secret)


@bp.post("/<secret>/join")
def join(secret: str) -> ResponseReturnValue:
    """Join both records of who has proved the phone."""
    now = clock.now()
    phone = proving.proved(now=now)
    if phone is None:
        return redirect(url_for(".ask", secret=secret, lang=asked()), 303)
    try:
        bookings.join_own(secret, _chosen(), phone, now=now)
    except NotFoundError:
        raise
    except DomainError as refusal:
        return _page(secret, refusal)
    there = url_for("status.show", secret=secret, lang=asked(), done="joined")
    return redirect(there, HTTPStatus.SEE_OTHER)


def _page(secret: str, refusal: DomainError | None = None) -> ResponseReturnValue:
    now = clock.now()
    own = own_queries.own(secret, now=now)
    place, phone = own.appointment.facility, proving.proved(now=now)
    here = url_for(".ask", secret=secret, lang=asked())
    page = render_template(
        "public/visit_join.html",
        reading=reading(".ask", secret=secret),
        secret=secret,
        lang=asked(),
        own=own,
        proved=phone is not None,
        known=own_queries.earlier(secret, phone) if phone else [],
        prove=proving.address(here, place, read=language()),
        error=patient_words.refusal(refusal, language()) if refusal else "",
        zone=place.zone,
    )
    return page, problem_of(refusal).status if refusal else HTTPStatus.OK


def _chosen() -> UUID:
    try:
        return UUID(request.form.get("chosen", ""))
    except ValueError:
        raise InputError(field="chosen", reason="required") from None
