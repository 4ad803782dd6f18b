"""The page on which who comes by the network says so; on_init tells its address."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

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
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.doors import booking_words, brakes, languages
from app.doors.languages import Reading
from app.doors.problems import problem_of
from app.patients.views import Sex
from beckn import door
from beckn.acts import forming
from beckn.acts.forming import Sheet
from beckn.commands import Person

bp = Blueprint("beckn_form", __name__, url_prefix=forming.PREFIX)

# Far more than anybody fills, and nothing to who guesses ids of 122 bits.
PER_ADDRESS = "60 per minute"
_braked = brakes.limiter.shared_limit(PER_ADDRESS, scope="beckn:form")
_FIELDS = ("name", "born", "sex", "phone")
_LONGEST, _OLDEST, _FIRST_YEAR = 120, 130, 1890


def init_app(app: Flask) -> None:
    """Hang the page into the app; nobody finds it where no network is joined."""
    app.register_blueprint(bp)


@bp.before_request
def let_in() -> None:
    """Let in whoever has an address, where there is a network."""
    if door.network_of(current_app) is None:
        abort(HTTPStatus.NOT_FOUND)


@bp.get("/<uuid:form>")
@_braked
def show(form: UUID) -> ResponseReturnValue:
    """Ask who comes, as far as the app did not say; or say that it is handed in."""
    found = forming.sheet(form, now=clock.now())
    return _page(form, found, _known(found))


@bp.post("/<uuid:form>")
@_braked
def fill(form: UUID) -> ResponseReturnValue:
    """Take down who comes; handed in again, it counts as it was last."""
    now = clock.now()
    typed = {name: request.form.get(name, "")[:_LONGEST].strip() for name in _FIELDS}
    found = forming.sheet(form, now=now)
    try:
        forming.fill(form, _person(typed, now), now=now)
    except NotFoundError:
        raise
    except DomainError as refusal:
        return _page(form, found, typed, refusal)
    there = url_for(".show", form=form, lang=request.values.get("lang"), done=1)
    return redirect(there, HTTPStatus.SEE_OTHER)


def _page(
    form: UUID,
    found: Sheet,
    typed: dict[str, str],
    refusal: DomainError | None = None,
) -> ResponseReturnValue:
    place = found.visit.facility
    read = _reading(lambda code: url_for(".show", form=form, lang=code))
    told = booking_words.refusal(refusal, read.language, place.zone) if refusal else ""
    page = render_template(
        "public/network_form.html",
        form=form,
        found=found,
        facility=place,
        day=found.visit.span.start.astimezone(place.zone).date(),
        done="done" in request.args and found.filled,
        typed=typed,
        field=refusal.field if refusal else None,
        error=told,
        sexes=[each.value for each in Sex],
        lang=request.values.get("lang"),
        reading=read,
        language=read.language,
        words=read.language.words,
    )
    return page, problem_of(refusal).status if refusal else HTTPStatus.OK


def _reading(address: Callable[[str], str]) -> Reading:
    offered = booking_words.LANGUAGES
    others = tuple((code, each.name, address(code)) for code, each in offered.items())
    return Reading(languages.here(offered), others)


def _known(found: Sheet) -> dict[str, str]:
    who = found.person
    born = who.age if who.birth_year is None else who.birth_year
    return {
        "name": who.name,
        "born": "" if born is None else str(born),
        "sex": who.sex.value,
        "phone": who.phone,
    }


def _person(typed: dict[str, str], now: datetime) -> Person:
    """
    Read who comes: an age, or a year of birth.

    :raises InputError: naming the first field that cannot be right
    """
    try:
        sex = Sex(typed["sex"] or Sex.UNKNOWN)
    except ValueError:
        raise InputError(field="sex", reason="choice") from None
    written = typed["born"]
    number = int(written) if written.isascii() and written.isdigit() else -1
    if 0 <= number <= _OLDEST:
        return Person(typed["name"], sex, age=number, phone=typed["phone"])
    if _FIRST_YEAR <= number <= now.year:
        return Person(typed["name"], sex, phone=typed["phone"], birth_year=number)
    raise InputError(field="born", reason="number")


@bp.errorhandler(DomainError)
def tell(refusal: DomainError) -> ResponseReturnValue:
    """Say of every address that opens nothing the same."""
    form = (request.view_args or {})["form"]
    read = _reading(lambda code: url_for(".show", form=form, lang=code))
    page = render_template("public/book/refused.html", reading=read)
    return page, problem_of(refusal).status


@bp.after_request
def keep_secret(response: Response) -> Response:
    """Let neither a cache nor another site learn the address."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.vary.add("Accept-Language")
    return response
