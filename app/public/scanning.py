"""Scan and register: a sign at the counter, a proved phone, and a number at once."""

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID

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

from app.accounts.views import Scope
from app.booking.views import Once
from app.core import clock
from app.core.errors import DomainError, InputError
from app.core.text import clean
from app.directory import queries as directory
from app.directory.views import FacilityView, ResourceView, TypeView
from app.doors import brakes, proving_words, scan_signs
from app.doors.problems import problem_of
from app.patients import queries as patients
from app.patients.views import NewPatient, PatientView
from app.public import proving
from app.public.proving import PATIENT
from app.public.reading import language, reading
from app.queues import service
from app.queues.kinds import How
from app.queues.views import Coming, NewWalkIn

bp = Blueprint("scanning", __name__, url_prefix="/scan")

PER_ADDRESS = "300 per 5 minutes"
NEW = "new"
_PATH = "/<facility>/<resource>/<kind>/<sign>"


@dataclass(frozen=True, slots=True)
class _Counter:
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
    """Ask who comes, once the phone is proved."""
    at = _counter(facility, resource, kind, sign)
    phone = proving.proved(now=clock.now())
    return _ask(at) if phone is None else _page(at, _family(at, phone))


@bp.post(_PATH)
@brakes.limiter.limit(PER_ADDRESS)
def take(facility: str, resource: str, kind: str, sign: str) -> ResponseReturnValue:
    """Give who was chosen a number, the same one again today; lead to its status."""
    at, now = _counter(facility, resource, kind, sign), clock.now()
    phone = proving.proved(now=now)
    if phone is None:
        return _ask(at)
    family = _family(at, phone)
    try:
        secret = service.scan(_wanted(at, phone, family), by=PATIENT, now=now)
    except DomainError as refusal:
        return _page(at, family, refusal)
    return redirect(url_for("status.show", secret=secret, lang=language().code), 303)


def _wanted(at: _Counter, phone: str, family: list[PatientView]) -> NewWalkIn:
    chosen = request.form.get("who", "" if family else NEW)
    of = {str(each.public_id): each.public_id for each in family}
    patient: UUID | None = of.get(chosen)
    person = once = None
    if patient is None:
        if chosen != NEW:
            raise InputError(field="who", reason="required")
        person = _somebody(at, phone)
        patient = _same(person, family)
    if patient is None:
        # A second click registers nobody twice; tomorrow they are of the family.
        told = f"{phone}/{person}/{clock.now().date()}/{at.resource.public_id}"
        print_ = sha256(told.encode()).hexdigest()
        once = Once(key=f"scan:{print_}", fingerprint=print_)
    return NewWalkIn(
        facility_id=at.facility.public_id,
        resource_id=at.resource.public_id,
        type_id=at.kind.public_id,
        patient_id=patient,
        person=None if patient else person,
        coming=Coming(how=How.QR),
        once=once,
    )


def _somebody(at: _Counter, phone: str) -> NewPatient:
    name = clean(_typed("name"), field="name", least=1, most=120)
    born = _typed("born")
    if not (len(born) == 4 and born.isascii() and born.isdigit()):
        raise InputError(field="born", reason="number")
    if not 1890 <= int(born) <= clock.now().year:
        raise InputError(field="born", reason="number")
    return NewPatient(
        name,
        phone=phone,
        birth_year=int(born),
        language=language().code,
        region=at.facility.region,
    )


def _same(person: NewPatient, family: list[PatientView]) -> UUID | None:
    """Find who comes under that phone with that name and year: it is they."""
    for each in family:
        year = each.birth_date.year if each.birth_date else each.birth_year
        if each.name.lower() == person.name.lower() and year == person.birth_year:
            return each.public_id
    return None


def _counter(facility: str, resource: str, kind: str, sign: str) -> _Counter:
    place = directory.facility(facility, by=PATIENT)
    here = directory.resources(place, by=PATIENT)
    hosts = [each for each in here if each.code == resource and each.active]
    kinds = [each for each in directory.types(by=PATIENT) if each.code == kind]
    if not (hosts and kinds and scan_signs.is_sign(sign, place, hosts[0], kinds[0])):
        abort(HTTPStatus.NOT_FOUND)
    return _Counter(place, hosts[0], kinds[0])


def _family(at: _Counter, phone: str) -> list[PatientView]:
    return patients.family(phone, by=PATIENT, scope=Scope(at.facility.id))


def _ask(at: _Counter) -> Response:
    named = at.named | {"lang": language().code}
    back = url_for(".form", **named)  # type: ignore[arg-type]  # only texts
    return proving.ask(back, region=at.facility.region, title=at.facility.name)


def _page(
    at: _Counter, family: list[PatientView], refusal: DomainError | None = None
) -> ResponseReturnValue:
    read = reading(".form", **at.named)
    page = render_template(
        "public/scan.html",
        reading=read,
        told=proving_words.of(read.language),
        at=at,
        family=family,
        chosen=request.form.get("who", "" if family else NEW),
        error=proving_words.refusal(refusal, read.language) if refusal else "",
        field=refusal.field if refusal else None,
        typed={name: _typed(name) for name in ("name", "born")},
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
