"""People: one search box, a page each, and registration."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import replace

from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import queries as booking
from app.core import clock
from app.core.errors import DomainError
from app.core.spans import Span
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.notifications import queries as messages
from app.patients import queries
from app.patients.views import MergeView, PatientView
from app.queues import queries as queues
from app.web import people, waitlist
from app.web.queue_words import CAME
from app.web.reading import may, may_book, must, zone_name
from app.web.telling import Refusal, refusal_of

bp = Blueprint("patients", __name__, url_prefix="/patients")

MOST = 50
_PAST, _AHEAD = timedelta(days=730), timedelta(days=730)


class Doubles(Struct, frozen=True):
    """Who may be the same person, and who went up in them."""

    alike: Sequence[PatientView] = ()
    merges: Sequence[MergeView] = ()


@bp.get("/<facility>")
def search(facility: str) -> ResponseReturnValue:
    """Search in one box; with `pick` the answer is radio rows for a booking."""
    place = directory.facility(facility, by=current.actor())
    typed = request.args.get("q", "").strip()[:80]
    pick = request.args.get("pick") == "1"
    chosen = request.args.get("patient", "") if pick else ""
    most = people.SHOWN if pick else MOST
    return page(
        "web/patients.html",
        partial="web/_people.html" if pick else "web/_patient_list.html",
        facility=place,
        q=typed,
        found=people.find(typed, chosen, place, most),
        most=most,
        now=clock.now(),
        zone=place.zone,
    )


@bp.get("/<facility>/new")
def new(facility: str) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    must(Permission.REGISTER_PATIENTS, place)
    return _form(place, people.read(request.args))


@bp.post("/<facility>/new")
def register(facility: str) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    asked = people.read(request.form)
    try:
        alike = [] if asked.anyway else people.similar(asked, place)
        if alike:
            told = replace(asked, alike=tuple(alike))
            return _form(place, told, status=HTTPStatus.CONFLICT)
        made = people.register(asked, place, now=clock.now())
    except DomainError as refusal:
        why = refusal_of(refusal, place.zone)
        return _form(place, asked, why, problem_of(refusal).status)
    address = url_for(
        ".show", facility=facility, patient=made.public_id, done="registered"
    )
    return redirect(address, 303)


@bp.get("/<facility>/<uuid:patient>")
def show(facility: str, patient: UUID) -> ResponseReturnValue:
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    found = queries.one(patient, by=by, scope=Scope(place.id))
    window = Span(now - _PAST, now + _AHEAD)
    listed = booking.appointments(
        place,
        window,
        by=by,
        patient_id=found.public_id,
        limit=booking.MOST,
        latest=True,
    )
    return page(
        "web/patient.html",
        partial="web/_patient.html",
        facility=place,
        patient=found,
        ahead=[each for each in reversed(listed) if each.span.end > now],
        past=[each for each in listed if each.span.end <= now],
        came=queues.visits(found.public_id, by=by, scope=Scope(place.id)),
        came_words=CAME,
        zone_name=zone_name,
        done=request.args.get("done"),
        may_book=may_book(place),
        may_correct=may(Permission.REGISTER_PATIENTS, place),
        doubles=_doubles(found.public_id, place),
        waits=waitlist.waits_of(place, found.public_id),
        consent=messages.consent(found.public_id, Scope(place.id), by=by, now=now),
        now=now,
        zone=place.zone,
    )


@bp.get("/<facility>/<uuid:patient>/correct")
def wrong(facility: str, patient: UUID) -> ResponseReturnValue:
    """Ask what is wrong about a person."""
    place = directory.facility(facility, by=current.actor())
    must(Permission.REGISTER_PATIENTS, place)
    found = queries.one(patient, by=current.actor(), scope=Scope(place.id))
    return _details(place, found, people.typed(found))


@bp.post("/<facility>/<uuid:patient>/correct")
def correct(facility: str, patient: UUID) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    asked = people.read(request.form)
    try:
        people.correct(patient, asked, place, now=clock.now())
    except DomainError as refusal:
        found = queries.one(patient, by=current.actor(), scope=Scope(place.id))
        why = refusal_of(refusal, place.zone)
        return _details(place, found, asked, why, problem_of(refusal).status)
    return redirect(
        url_for(".show", facility=facility, patient=patient, done="corrected"), 303
    )


def _details(
    place: FacilityView,
    patient: PatientView,
    asked: people.Registration,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    return page(
        "web/correct.html",
        partial="web/_correct.html",
        status=status,
        facility=place,
        patient=patient,
        registration=asked,
        refusal=refusal,
        now=clock.now(),
        zone=place.zone,
    )


def _doubles(patient: UUID, place: FacilityView) -> Doubles:
    """Give who may be the same person, and who went up in them, to who may merge."""
    by, scope = current.actor(), Scope(place.id)
    if not may(Permission.MERGE_PATIENTS, place):
        return Doubles()
    return Doubles(
        queries.doubles(patient, by=by, scope=scope),
        queries.merges(patient, by=by, scope=scope),
    )


def _form(
    place: FacilityView,
    asked: people.Registration,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    return page(
        "web/register.html",
        partial="web/_register.html",
        status=status,
        facility=place,
        registration=asked,
        refusal=refusal,
        now=clock.now(),
        zone=place.zone,
    )
