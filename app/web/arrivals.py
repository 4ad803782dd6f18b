"""Who comes to the desk: find them, check them in, or let them walk in."""

from http import HTTPStatus
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from msgspec import Struct, field
from msgspec.structs import replace

from app.accounts.permissions import Permission
from app.booking.errors import StatusError
from app.core import clock
from app.core.errors import DomainError, InputError
from app.directory import queries as directory
from app.directory.views import FacilityView, ResourceView
from app.doors import current, entrances, qr, scan_signs
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.patients.views import PatientView
from app.queues import queries, service
from app.queues.kinds import How
from app.queues.views import Coming, DueView, EntryView, NewWalkIn
from app.web import people, policy_words
from app.web.arrival_drafts import NEW, Typed
from app.web.reading import hosts, may, must, resource_of, uuid_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("arrivals", __name__, url_prefix="/arrivals")

_KEPT = "walk_in"


class Left(Struct, frozen=True):
    """To whom one walks in, how many more are let in, and what these take."""

    to: ResourceView
    left: str
    counted: str
    full: bool


class Found(Struct, frozen=True):
    """Whom what was typed may mean: visits of today, people, and somebody new."""

    due: list[DueView] = field(default_factory=list)
    people: list[PatientView] = field(default_factory=list)


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    """Ask who comes, and show whom that may be."""
    place = directory.facility(facility, by=current.actor())
    must(Permission.CHECK_IN, place)
    return _page(place, _remembered(Typed.read(request.args), place))


@bp.get("/<facility>/sign")
def sign(facility: str) -> ResponseReturnValue:
    """Show the sign for the entrance: who scans it is marked as here."""
    place = directory.facility(facility, by=current.actor())
    must(Permission.CHECK_IN, place)
    address = entrances.address(place)
    return page(
        "web/entrance.html",
        partial="web/_entrance.html",
        facility=place,
        address=address,
        qr=qr.picture(address),
    )


@bp.get("/<facility>/scan-sign")
def scan_sign(facility: str) -> ResponseReturnValue:
    """Show the sign of a doctor or service: who scans it takes a number there."""
    place = directory.facility(facility, by=current.actor())
    must(Permission.CHECK_IN, place)
    whom, types = hosts(place), directory.types(by=current.actor())
    of, kind = request.args.get("with", ""), request.args.get("type", "")
    host = next((each for each in whom if each.code == of), None)
    why = next((each for each in types if each.code == kind), None)
    address = scan_signs.address(place, host, why) if host and why else ""
    return page(
        "web/scan_sign.html",
        partial="web/_scan_sign.html",
        facility=place,
        hosts=whom,
        types=types,
        host=host,
        why=why,
        address=address,
        qr=qr.picture(address) if address else "",
    )


@bp.get("/<facility>/places")
def places(facility: str) -> ResponseReturnValue:
    """Say how many more may walk in to who is chosen; read again when that changes."""
    place = directory.facility(facility, by=current.actor())
    must(Permission.CHECK_IN, place)
    host = resource_of(place, request.args.get("with", ""))
    return render_template("web/_arrivals_places.html", left=_left(place, host))


@bp.post("/<facility>")
def come(facility: str) -> ResponseReturnValue:
    """Check the chosen visit in, or let the chosen person walk in."""
    place = directory.facility(facility, by=current.actor())
    typed = Typed.read(request.form)
    try:
        entry = _come(place, typed)
    except DomainError as refusal:
        told = refusal_of(refusal, place.zone)
        return _page(place, typed, told, problem_of(refusal).status)
    return redirect(url_for("slips.show", entry=entry, done="in"), 303)


@bp.post("/at/<uuid:appointment>")
def check_in(appointment: UUID) -> ResponseReturnValue:
    """Check in one of an appointment, or all who take part in it."""
    by, who = current.actor(), request.form.get("patient")
    patient = uuid_of(who, field="patient", what="patient") if who else None
    listed = request.form.get("how") == How.LIST
    how = Coming(how=How.LIST if listed else How.DESK)
    try:
        came = service.check_in(
            appointment, by=by, now=clock.now(), patient_id=patient, coming=how
        )
        entries = [each.id for each in came]
    except StatusError:
        # A second click finds them here already, and leads to the same slip.
        here = queries.arrivals(appointment, by=by)
        entries = [e for p, e in here.items() if patient in {None, p}]
        if not entries:
            raise
    if len(entries) > 1:
        return redirect(url_for("appointments.show", appointment=appointment), 303)
    return redirect(url_for("slips.show", entry=entries[0], done="in"), 303)


def _come(place: FacilityView, typed: Typed) -> UUID:
    """Do what was chosen, and give where they stand in the queue."""
    kind, _, of = typed.choice.partition(":")
    if kind == "visit":
        appointment, _, patient = of.partition(":")
        return _arrive(
            uuid_of(appointment, field="choice", what="appointment"),
            uuid_of(patient, field="choice", what="patient"),
            typed.coming,
        )
    if kind == "walk" or typed.choice == NEW:
        return _walk_in(place, typed, of).id
    raise InputError(field="choice", reason="required")


def _arrive(appointment: UUID, patient: UUID, how: Coming) -> UUID:
    by, now = current.actor(), clock.now()
    before = queries.arrivals(appointment, by=by).get(patient)
    if before is None:
        came = service.check_in(
            appointment, by=by, now=now, patient_id=patient, coming=how
        )
        return came[0].id
    if not (how.remote or queries.entry(before, by=by, now=now).present):
        # They had checked in from afar, and stand at the desk now.
        service.mark_present(before, by=by, now=now)
    return before


def _walk_in(place: FacilityView, typed: Typed, of: str) -> EntryView:
    resource = resource_of(place, typed.code)
    kind = uuid_of(typed.type, field="type", what="type")
    session[_KEPT] = {place.slug: [typed.code, typed.type]}
    patient = uuid_of(of, field="choice", what="patient") if of else None
    person = None
    if patient is None:
        asked = typed.person
        named = replace(asked, name=asked.name or "Unknown")
        person = people.as_order(named, place)
    wanted = NewWalkIn(
        facility_id=place.public_id,
        resource_id=resource.public_id,
        type_id=kind,
        patient_id=patient,
        person=person,
        coming=typed.coming,
        override=typed.override,
        once=typed.key(),
    )
    return service.walk_in(wanted, by=current.actor(), now=clock.now())


def _remembered(typed: Typed, place: FacilityView) -> Typed:
    """Fill in for whom this desk let somebody in last."""
    code, kind = session.get(_KEPT, {}).get(place.slug, ["", ""])
    return replace(typed, code=typed.code or code, type=typed.type or kind)


def _left(place: FacilityView, host: ResourceView | None) -> Left | None:
    """Tell what is left for who walks in; nothing to who may not see the calendar."""
    if host is None or not may(Permission.VIEW_CALENDAR, place, host):
        return None
    found = queries.walk_in_places(
        place.public_id, host.public_id, by=current.actor(), now=clock.now()
    )
    return Left(
        host,
        policy_words.places_left(found),
        policy_words.how_counted(found),
        found.left == 0,
    )


def _find(place: FacilityView, typed: Typed) -> Found:
    by, now = current.actor(), clock.now()
    if typed.patient:
        found = people.find("", typed.patient, place)
    elif typed.reference:
        due = queries.due(place, by=by, now=now, reference=typed.reference)
        if due:
            return Found(due)
        found = people.find(typed.q, "", place)
    else:
        found = people.find(typed.q, "", place)
    who = found.people
    numbers = [each.id for each in who]
    return Found(queries.due(place, by=by, now=now, people=numbers), who)


def _page(
    place: FacilityView,
    typed: Typed,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    by, now = current.actor(), clock.now()
    found = _find(place, typed)
    asked = bool(typed.q or typed.patient)
    whom = hosts(place)
    host = next((each for each in whom if each.code == typed.code), None)
    return page(
        "web/arrivals.html",
        partial="web/_arrivals.html",
        status=status,
        facility=place,
        typed=typed.opened(found.people),
        found=found,
        asked=asked,
        first=typed.choice or _first(found),
        resources=whom,
        left=_left(place, host or next(iter(whom), None)),
        types=directory.types(by=by),
        refusal=refusal,
        printed=_printed(),
        now=now,
        zone=place.zone,
    )


def _first(found: Found) -> str:
    """Choose who is likeliest: a visit of today, a person, else somebody new."""
    if found.due:
        visit = next((d for d in found.due if d.entry_id is None), found.due[0])
        return f"visit:{visit.appointment_id}:{visit.patient.public_id}"
    if found.people:
        return f"walk:{found.people[0].public_id}"
    return NEW


def _printed() -> EntryView | None:
    """Give whose slip came out just now, to be told."""
    of = request.args.get("printed")
    if not of or request.method != "GET":
        return None
    named = uuid_of(of, field="printed", what="queue_entry")
    return queries.entry(named, by=current.actor(), now=clock.now())
