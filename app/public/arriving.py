"""Say that one is here, without staff: at the entrance by its QR code, or from afar."""

import re
from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.actor import SYSTEM
from app.core.errors import DomainError, InputError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import brakes, entrances, patient_words
from app.doors.problems import problem_of
from app.public.reading import language, reading
from app.queues import service
from app.queues.views import Claim

bp = Blueprint("arriving", __name__, url_prefix="/arrive")
bp.after_request(brakes.settle)

# One whose fingers are cold gets through; one who tries years of birth does not.
PER_ADDRESS = "20 per 5 minutes"
# What a scanned slip says before its secret; /s/ is on those printed long ago.
_ADDRESS = re.compile(r"^.*/[as]/")


@bp.get("/<facility>")
def form(facility: str) -> ResponseReturnValue:
    """Ask for a reference, or for a phone and a year of birth."""
    return _form(directory.facility(facility, by=SYSTEM))


@bp.post("/<facility>")
@brakes.limiter.limit(
    PER_ADDRESS, deduct_when=lambda r: r.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
)
def arrive(facility: str) -> ResponseReturnValue:
    """Check in whose visit it is; only who comes by the entrance is marked as here."""
    place = directory.facility(facility, by=SYSTEM)
    try:
        secret = service.come_oneself(
            _claim(),
            place,
            now=clock.now(),
            here=entrances.is_sign(place, request.form.get("here", "")),
        )
    except DomainError as refusal:
        told = patient_words.refusal(refusal, language())
        return _form(place, told, refusal.field), problem_of(refusal).status
    lang = request.form.get("lang") or None
    return redirect(url_for("status.show", secret=secret, lang=lang), 303)


def _claim() -> Claim:
    reference = _ADDRESS.sub("", _typed("reference"))
    if reference:
        return Claim(reference=reference)
    phone, born = _typed("phone"), _typed("born")
    if not phone:
        raise InputError(field="reference", reason="required")
    if not (len(born) == 4 and born.isascii() and born.isdigit()):
        raise InputError(field="born", reason="number")
    return Claim(phone=phone, born=int(born))


def _form(place: FacilityView, error: str = "", field: str | None = None) -> str:
    sign = request.values.get("here", "")
    here = sign if entrances.is_sign(place, sign) else ""
    again = {"facility": place.slug} | ({"here": here} if here else {})
    return render_template(
        "public/arrive.html",
        facility=place,
        here=here,
        reading=reading(".form", **again),
        lang=request.values.get("lang", "") and language().code,
        error=error,
        field=field,
        typed={name: _typed(name) for name in ("reference", "phone", "born")},
    )


def _typed(name: str) -> str:
    written = request.values.get(name, "")[:100].strip()
    return "".join(char for char in written if char.isprintable())


@bp.after_request
def vary(response: Response) -> Response:
    """Let no cache give one reader the language of another."""
    response.vary.add("Accept-Language")
    return response
