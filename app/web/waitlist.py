"""The waitlist: who waits for a place, what is offered to them, and one more."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import replace

from app.accounts.permissions import Permission
from app.booking import queries, service
from app.booking.views import WaitingView
from app.core import clock
from app.core.errors import DomainError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory.views import FacilityView, TypeView
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web import people, wishes
from app.web.hours_words import LONG_DAYS
from app.web.reading import day_of, may, must, types_by_use, uuid_of
from app.web.telling import Refusal, refusal_of
from app.web.wishes import Sought, Staff, Wish

bp = Blueprint("waitlist", __name__, url_prefix="/waitlist")

_DONE = {
    "joined": "On the waitlist. They are told when a place is held for them.",
    "left": "Taken off the waitlist.",
    "declined": "Declined. They wait on, and the next who fits is asked.",
    "none": "Nothing that fits is free at this moment.",
    "made": "What is free is held for who comes first, and they are told.",
}
_LOOKS = frozenset({"find", "look"})
# Booking names the fields of its order; the form has names of its own.
_FIELDS = {"first_day": "first", "last_day": "last", "weekdays": "on"}


class Desk(Struct, frozen=True):
    """What the pages need to know of the facility."""

    facility: FacilityView
    staff: Staff
    types: list[TypeView]


def may_look(facility: FacilityView) -> bool:
    """Say whether to lead somebody to who waits."""
    return may(Permission.VIEW_PATIENTS, facility)


def may_join(facility: FacilityView) -> bool:
    """Say whether to lead somebody to the form that lets a patient wait."""
    return may(Permission.REQUEST, facility)


def waits_of(facility: FacilityView, patient: UUID) -> list[tuple[WaitingView, str]]:
    """Give how a patient waits, and with whom they want a place."""
    found = queries.waitlist(facility, patient, by=current.actor())
    staff = _desk(facility.slug).staff if found else Staff([], [])
    return [(each, staff.named(each)) for each in found]


def wish_of(facility: FacilityView, patient: str, entry: str) -> WaitingView | None:
    """Give how a patient waits, by an entry of the list as an address names it."""
    if not entry or not patient or not may_look(facility):
        return None
    who = uuid_of(patient, field="patient", what="patient")
    found = queries.waitlist(facility, who, by=current.actor())
    return next((each for each in found if str(each.id) == entry), None)


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    return _list(_desk(facility))


@bp.get("/<facility>/new")
def form(facility: str) -> ResponseReturnValue:
    desk = _desk(facility)
    must(Permission.REQUEST, desk.facility)
    return _form(desk, Wish.read(request.args, request.args.getlist("on")))


@bp.post("/<facility>/new")
def join(facility: str) -> ResponseReturnValue:
    """Let a patient wait, or go on filling in the form."""
    desk, now = _desk(facility), clock.now()
    wish = Wish.read(request.form, request.form.getlist("on"))
    act = request.form.get("act", "join")
    if act in _LOOKS:
        return _form(desk, wish)
    try:
        if act == "register":
            return _register(desk, wish)
        order = wish.order(desk.facility, desk.staff)
        service.join_waitlist(order, by=current.actor(), now=now)
    except DomainError as refusal:
        return _refused(desk, wish, refusal)
    return _done(desk, "joined")


@bp.post("/<facility>/<uuid:entry>/leave")
def leave(facility: str, entry: UUID) -> ResponseReturnValue:
    desk = _desk(facility)
    try:
        service.leave_waitlist(entry, by=current.actor(), now=clock.now())
    except DomainError as refusal:
        return _list(desk, refusal)
    return _done(desk, "left")


@bp.post("/<facility>/offer")
def offer(facility: str) -> ResponseReturnValue:
    """Offer all that is free here to who waits, without waiting for the next sweep."""
    desk = _desk(facility)
    there, now = desk.facility.public_id, clock.now()
    made = service.offer_freed(there, by=current.actor(), now=now)
    return _done(desk, "made" if made else "none")


@bp.post("/<facility>/offers/<uuid:offer>/accept")
def accept(facility: str, offer: UUID) -> ResponseReturnValue:
    """Say yes for the patient to what is held for them."""
    desk = _desk(facility)
    try:
        told = service.accept_offer(offer, by=current.actor(), now=clock.now())
    except DomainError as refusal:
        return _list(desk, refusal)
    address = url_for("appointments.show", appointment=told.id, done="booked")
    return redirect(address, 303)


@bp.post("/<facility>/offers/<uuid:offer>/decline")
def decline(facility: str, offer: UUID) -> ResponseReturnValue:
    """Say no for the patient: the next who fits is asked."""
    desk = _desk(facility)
    try:
        service.decline_offer(offer, by=current.actor(), now=clock.now())
    except DomainError as refusal:
        return _list(desk, refusal)
    return _done(desk, "declined")


def _desk(slug: str) -> Desk:
    by = current.actor()
    facility = directory.facility(slug, by=by)
    staff = Staff(
        directory.resources(facility, by=by), directory.departments(facility, by=by)
    )
    return Desk(facility, staff, types_by_use())


def _done(desk: Desk, what: str) -> ResponseReturnValue:
    return redirect(url_for(".index", facility=desk.facility.slug, done=what), 303)


def _list(desk: Desk, refused: DomainError | None = None) -> Response:
    by, sought = current.actor(), Sought.read(request.args)
    everybody, now = queries.waitlist(desk.facility, by=by), clock.now()
    today = local_date(now, desk.facility.zone)
    return page(
        "web/waitlist.html",
        partial="web/_waitlist.html",
        status=problem_of(refused).status if refused else HTTPStatus.OK,
        facility=desk.facility,
        zone=desk.facility.zone,
        now=now,
        desk=desk,
        sought=sought,
        found=sought.among(everybody, desk.staff),
        waiting=len(everybody),
        when=wishes.when,
        to_book=lambda each: wishes.to_book(each, desk.staff, today),
        ranks=wishes.RANKS,
        done=_DONE.get(request.args.get("done", "")),
        refusal=refusal_of(refused, desk.facility.zone) if refused else None,
        may_join=may_join(desk.facility),
        may_offer=may(Permission.BOOK, desk.facility),
    )


def _register(desk: Desk, wish: Wish) -> ResponseReturnValue:
    """Register somebody in the middle of it, and go on with the wish for them."""
    asked = people.read(request.form)
    alike = [] if asked.anyway else people.similar(asked, desk.facility)
    if alike:
        told = replace(asked, alike=tuple(alike))
        return _form(desk, wish, registration=told, status=HTTPStatus.CONFLICT)
    made = people.register(asked, desk.facility, now=clock.now())
    return _form(desk, replace(wish, patient=str(made.public_id), q=made.mrn))


def _refused(desk: Desk, wish: Wish, refusal: DomainError) -> Response:
    told = refusal_of(refusal, desk.facility.zone)
    told = replace(told, field=_FIELDS.get(told.field, told.field))
    registering = request.form.get("act") == "register"
    return _form(
        desk,
        wish,
        told,
        registration=people.read(request.form) if registering else None,
        status=problem_of(refusal).status,
    )


def _form(
    desk: Desk,
    wish: Wish,
    refusal: Refusal | None = None,
    registration: people.Registration | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    now, zone = clock.now(), desk.facility.zone
    day = day_of(request.args.get("day"), local_date(now, zone))
    if request.args.get("day"):
        wish = replace(wish, first=wish.first or day.isoformat())
    draft = wish if request.method == "POST" else wish.opened(day)
    return page(
        "web/wait.html",
        partial="web/_wait.html",
        status=status,
        facility=desk.facility,
        zone=zone,
        now=now,
        desk=desk,
        draft=draft.shown(),
        days=LONG_DAYS,
        ranks=wishes.RANKS,
        found=people.find(draft.q, draft.patient, desk.facility),
        refusal=refusal,
        registration=registration,
    )
