"""Scan and register: a sign at the counter, a proved phone, and a number at once."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts.views import Scope
from app.core import clock
from app.core.actor import ONESELF
from app.core.errors import DomainError, InputError
from app.core.text import clean
from app.directory import queries as directory
from app.directory.views import FacilityView, ResourceView, TypeView
from app.doors import brakes, proving_words, scan_signs
from app.doors.problems import problem_of
from app.patients import abha
from app.patients import service as patients
from app.patients.registering import OLDEST
from app.patients.views import NewPatient, PatientView
from app.public import families, proving
from app.public.proving import Known
from app.public.reading import language, reading
from app.queues import service
from app.queues.kinds import How
from app.queues.views import Coming, NewWalkIn

bp = Blueprint("scanning", __name__, url_prefix="/scan")

PER_ADDRESS = "300 per 5 minutes"
NEW = "new"
_PATH = "/<facility>/<resource>/<kind>/<sign>"


class _Counter(Struct, frozen=True):
    """Whose sign it is, and what one comes there for."""

    facility: FacilityView
    resource: ResourceView
    kind: TypeView

    @property
    def named(self) -> dict[str, str]:
        """Name it as its address does."""
        return request.view_args or {}


@bp.get(_PATH)
def form(facility: str, resource: str, kind: str, sign: str) -> ResponseReturnValue:
    """Ask who comes, once the phone is proved or the browser is known."""
    at = _counter(facility, resource, kind, sign)
    who = proving.known(now=clock.now())
    if who is None or ("new" in request.args and not who.fresh):
        return _ask(at)
    family = families.of(at.facility, who)
    # Under a known browser somebody known comes; where there is none, it helps nobody.
    return _page(at, who, family) if family or who.fresh else _ask(at)


@bp.post(_PATH)
@brakes.limiter.limit(PER_ADDRESS)
def take(facility: str, resource: str, kind: str, sign: str) -> ResponseReturnValue:
    """Give who was chosen a number, the same one again today; lead to its status."""
    at, now = _counter(facility, resource, kind, sign), clock.now()
    who = proving.known(now=now)
    if who is None:
        return _ask(at)
    family = families.of(at.facility, who)
    if not who.fresh and _chosen(family) == NEW:
        return _ask(at)
    try:
        wanted = _wanted(at, who.phone, family, now=now)
        secret = service.scan(wanted, by=ONESELF, now=now)
    except DomainError as refusal:
        return _page(at, who, family, refusal)
    return redirect(url_for("status.show", secret=secret, lang=language().code), 303)


def _wanted(
    at: _Counter, phone: str, family: list[PatientView], *, now: datetime
) -> NewWalkIn:
    """Say who walks in: one of the family, or somebody new of that phone."""
    chosen, number = _chosen(family), _typed("abha")
    scope = Scope(at.facility.id)
    if number:
        abha.read(number)
    if chosen == NEW:
        person = _somebody(at, phone)
        patient = patients.join(person, by=ONESELF, now=now, scope=scope).public_id
    else:
        known = {str(each.public_id): each.public_id for each in family}
        if chosen not in known:
            raise InputError(field="who", reason="required")
        patient = known[chosen]
    if number:
        patients.identify(patient, number, by=ONESELF, now=now, scope=scope)
    return NewWalkIn(
        facility_id=at.facility.public_id,
        resource_id=at.resource.public_id,
        type_id=at.kind.public_id,
        patient_id=patient,
        coming=Coming(how=How.QR),
    )


def _chosen(family: list[PatientView]) -> str:
    """Give who was chosen; where there is one to choose, it is they."""
    usual = str(family[0].public_id) if len(family) == 1 else ""
    return request.form.get("who", usual if family else NEW)


def _somebody(at: _Counter, phone: str) -> NewPatient:
    born = _typed("born")
    plain = len(born) == 4 and born.isascii() and born.isdigit()
    if not (plain and OLDEST <= int(born) <= clock.now().year):
        raise InputError(field="born", reason="number")
    return NewPatient(
        clean(_typed("name"), field="name", least=1, most=120),
        phone=phone,
        birth_year=int(born),
        language=language().code,
        region=at.facility.region,
    )


def _counter(facility: str, resource: str, kind: str, sign: str) -> _Counter:
    place = directory.facility(facility, by=ONESELF)
    here = directory.resources(place, by=ONESELF)
    hosts = [each for each in here if each.code == resource and each.active]
    kinds = [each for each in directory.types(by=ONESELF) if each.code == kind]
    if not (hosts and kinds and scan_signs.is_sign(sign, place, hosts[0], kinds[0])):
        abort(HTTPStatus.NOT_FOUND)
    return _Counter(place, hosts[0], kinds[0])


def _ask(at: _Counter) -> Response:
    named = at.named | {"lang": language().code}
    back = url_for(".form", **named)  # type: ignore[arg-type]  # only texts
    return proving.ask(back, at.facility)


def _page(
    at: _Counter,
    who: Known,
    family: list[PatientView],
    refusal: DomainError | None = None,
) -> ResponseReturnValue:
    read = reading(".form", **at.named)
    page = render_template(
        "public/scan.html",
        reading=read,
        told=proving_words.of(read.language),
        at=at,
        family=[(each.public_id, families.called(each, who)) for each in family],
        fresh=who.fresh,
        chosen=_chosen(family),
        error=proving_words.refusal(refusal, read.language) if refusal else "",
        field=refusal.field if refusal else None,
        typed={name: _typed(name) for name in ("name", "born", "abha")},
    )
    return page, problem_of(refusal).status if refusal else HTTPStatus.OK


def _typed(name: str) -> str:
    written: Any = request.form.get(name, "")[:120].strip()
    return "".join(char for char in written if char.isprintable())


@bp.after_request
def vary(response: Response) -> Response:
    """Let no cache give one reader the language of another."""
    response.vary.add("Accept-Language")
    return response
