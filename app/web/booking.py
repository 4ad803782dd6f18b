"""Book: from a click on a slot or on free time to a token or a timed booking."""

from contextlib import suppress
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct, field
from msgspec.structs import replace

from app.accounts.permissions import Permission
from app.booking import queries, service
from app.booking.errors import NotOfferedError
from app.booking.states import Status
from app.booking.views import (
    AppointmentView,
    NewTimed,
    NewToken,
    Opening,
    SlotView,
    WaitingView,
    Want,
    Whom,
)
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError, RuleError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView, TypeView
from app.doors import current, nearest, trail_words
from app.doors.htmx import page, wants_partial
from app.doors.problems import problem_of
from app.web import needing, people, repeating, template_words, waitlist
from app.web.appointment_page import shown
from app.web.drafts import Draft
from app.web.needing import Needed
from app.web.reading import may, may_book, must, number_of, types_by_use, uuid_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("booking", __name__)

_NEEDS = {
    "also_person": frozenset({ResourceKind.PRACTITIONER}),
    "also_place": frozenset(
        {ResourceKind.ROOM, ResourceKind.CHAIR, ResourceKind.LOCATION}
    ),
    "also_machine": frozenset({ResourceKind.EQUIPMENT}),
}
# Asked for without a place: no refusal, only a form to fill in further, or part of it.
_LOOKS = frozenset({"find", "look", "needed"})


class Desk(Struct, frozen=True):
    """What the form needs to know of the facility."""

    facility: FacilityView
    resources: list[ResourceView]
    types: list[TypeView]
    now: datetime

    def resource(self, code: str, *, field: str = "with") -> ResourceView:
        for each in self.resources:
            if each.code == code:
                return each
        if not code:
            raise InputError(field=field, reason="required")
        raise NotFoundError("resource", field=field)

    def type(self, public_id: str) -> TypeView:
        for each in self.types:
            if str(each.public_id) == public_id:
                return each
        raise InputError(field="type", reason="choice")

    def also(self, resource: ResourceView | None) -> dict[str, list[ResourceView]]:
        """Give what else may be needed, of other kinds than the one booked."""
        return {
            name: found
            for name, kinds in _NEEDS.items()
            if resource is None or resource.kind not in kinds
            if (found := [r for r in self.resources if r.kind in kinds])
        }


class Shown(Struct, frozen=True):
    """What is shown around the draft."""

    refusal: Refusal | None = None
    openings: list[Opening] = field(default_factory=list)
    similar: people.Registration | None = None
    over: bool = False


@bp.get("/booking/<facility>")
def form(facility: str) -> ResponseReturnValue:
    desk = desk_of(facility)
    if not may_book(desk.facility):
        must(Permission.BOOK, desk.facility)
    return _form(desk, Draft.read(request.args))


@bp.post("/booking/<facility>")
def book(facility: str) -> ResponseReturnValue:
    desk = desk_of(facility)
    draft = Draft.read(request.form)
    act = request.form.get("act", "book")
    if act in _LOOKS:
        return _form(desk, draft)
    try:
        if act == "register":
            return _register(desk, draft)
        waited = _waits(desk, draft)
        appointment = _book(desk, draft)
    except DomainError as refusal:
        return _refused(desk, draft, refusal)
    done = _done(desk, draft, appointment, waited)
    if wants_partial():
        answer = shown(appointment, done=done)
        answer.headers["HX-Trigger"] = "calendar-changed"
        return answer
    address = url_for("appointments.show", appointment=appointment.id, done=done)
    return redirect(address, 303)


def _waits(desk: Desk, draft: Draft) -> WaitingView | None:
    """Give the wish the form was opened for, as long as its patient has it."""
    return waitlist.wish_of(desk.facility, draft.patient, draft.waiting)


def _done(
    desk: Desk, draft: Draft, made: AppointmentView, waited: WaitingView | None
) -> str:
    """Say what was done: of who waited, too, whether they wait on."""
    what = "series" if made.series_id else "booked"
    if made.status is Status.REQUESTED:
        what = "requested"
    if waited is None:
        return what
    return f"{what}_waits" if _waits(desk, draft) else f"{what}_off"


def desk_of(slug: str) -> Desk:
    by = current.actor()
    facility = directory.facility(slug, by=by)
    resources = [r for r in directory.resources(facility, by=by) if r.active]
    return Desk(facility, resources, types_by_use(), clock.now())


def _book(desk: Desk, draft: Draft) -> AppointmentView:
    """Turn the draft into one act; of a series give the first that was booked."""
    by, order = current.actor(), _order(desk, draft)
    repeat = repeating.repeat_of(draft.weeks, draft.times)
    if repeat is not None:
        made = service.book_series(order, repeat, by=by, now=desk.now)
        return next(e.appointment for e in made.occurrences if e.appointment)
    if isinstance(order, NewToken):
        return service.book_token(order, by=by, now=desk.now)
    return service.book_timed(order, by=by, now=desk.now)


def _order(desk: Desk, draft: Draft) -> NewToken | NewTimed:
    order = timed(desk, draft)
    if len(order.resources) > 1:
        return order
    resource = desk.resource(draft.code)
    if _slot(desk, resource, order.starts_at) is None:
        return order
    return NewToken(
        facility_id=order.facility_id,
        resource_id=resource.public_id,
        patient_id=uuid_of(draft.patient, field="patient", what="patient"),
        type_id=order.type_id,
        starts_at=order.starts_at,
        note=order.note,
        once=order.once,
        entry_id=order.entry_id,
        picks=order.picks,
    )


def timed(desk: Desk, draft: Draft) -> NewTimed:
    """
    Turn a draft into the order of a time, whatever is offered then.

    :raises InputError: naming the field that cannot be right
    """
    resource = desk.resource(draft.code)
    patient_id = uuid_of(draft.patient, field="patient", what="patient")
    order = _wanted(desk, draft, resource, desk.type(draft.type), patient_id)
    picks = needing.picks(
        draft.picked, draft.sealed, order, again=bool(draft.weeks or draft.times)
    )
    priority = repeating.priority_of(draft.priority)
    again = (draft.weeks, draft.times, priority, draft.entry)
    wants = [want.resource_id for want in order.resources]
    once = draft.key(
        wants,
        patient_id,
        order.type_id,
        order.starts_at,
        draft.minutes,
        draft.note,
        again,
        picks,
    )
    return replace(
        order,
        note=draft.note,
        once=once,
        priority=priority,
        entry_id=draft.entry,
        picks=picks,
    )


def _wanted(
    desk: Desk,
    draft: Draft,
    resource: ResourceView,
    kind: TypeView,
    patient_id: UUID | None,
) -> NewTimed:
    """Turn what a draft says of with whom, when and for whom into an order."""
    facility = desk.facility
    starts_at = draft.starts_at(facility.zone, local_date(desk.now, facility.zone))
    others = [desk.resource(code, field=name) for name, code in draft.also.items()]
    minutes = number_of({"minutes": draft.minutes}, "minutes")
    return NewTimed(
        facility_id=facility.public_id,
        patient_id=patient_id,
        type_id=kind.public_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes) if minutes is not None else None,
        resources=tuple(Want(each.public_id) for each in [resource, *others]),
    )


def _register(desk: Desk, draft: Draft) -> ResponseReturnValue:
    """Register somebody in the middle of a booking, and go on with it for them."""
    asked = people.read(request.form)
    if not asked.anyway:
        alike = people.similar(asked, desk.facility)
        if alike:
            told = replace(asked, alike=tuple(alike))
            return _form(desk, draft, Shown(similar=told), HTTPStatus.CONFLICT)
    made = people.register(asked, desk.facility, now=desk.now)
    return _form(desk, replace(draft, patient=str(made.public_id), q=made.mrn))


def _refused(desk: Desk, draft: Draft, refusal: DomainError) -> ResponseReturnValue:
    told = refusal_of(refusal, desk.facility.zone)
    status = problem_of(refusal).status
    similar = None
    if request.form.get("act") == "register":
        similar = people.read(request.form)
    # Where a rule refuses one time, another may do.
    helps = told.about_place or isinstance(refusal, RuleError)
    openings = _openings(desk, draft) if helps else []
    over = _may_go_over(desk, draft, refusal)
    return _form(desk, draft, Shown(told, openings, similar, over), status)


def _may_go_over(desk: Desk, draft: Draft, refusal: DomainError) -> bool:
    """Say whether who was refused may book over the tokens that stand in the way."""
    if not (isinstance(refusal, NotOfferedError) and refusal.params.get("override")):
        return False
    return may(Permission.OVERRIDE_SLOTS, desk.facility, desk.resource(draft.code))


def _openings(desk: Desk, draft: Draft) -> list[Opening]:
    """
    Give the nearest free places for what was wanted, if that much is clear.

    Once a patient is chosen, only what no rule refuses them.
    """
    try:
        resource, kind = desk.resource(draft.code), desk.type(draft.type)
        today = local_date(desk.now, desk.facility.zone)
        after = draft.starts_at(desk.facility.zone, today)
        minutes = number_of({"minutes": draft.minutes}, "minutes")
    except DomainError:
        return []
    return nearest.openings(
        desk.facility,
        resource,
        kind.public_id,
        after,
        now=desk.now,
        minutes=minutes,
        whom=_whom(draft),
    )


def _whom(draft: Draft) -> Whom | None:
    try:
        return Whom(uuid_of(draft.patient, field="patient", what="patient"))
    except DomainError:
        return None


def _slot(desk: Desk, resource: ResourceView, starts_at: datetime) -> SlotView | None:
    """Give the token slot that starts then, if one does."""
    columns = queries.day(
        desk.facility,
        [resource],
        local_date(starts_at, desk.facility.zone),
        by=current.actor(),
        now=desk.now,
    )
    slots = (slot for column in columns for slot in column.slots)
    return next((slot for slot in slots if slot.span.start == starts_at), None)


def _form(
    desk: Desk,
    typed: Draft,
    around: Shown | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Show the form with what was typed, and who may be meant."""
    around = around or Shown()
    zone = desk.facility.zone
    draft = typed.opened(zone, local_date(desk.now, zone))
    resource = next((r for r in desk.resources if r.code == draft.code), None)
    slot = None
    if resource and draft.at:
        # What was typed since may be no time; that is told beside its field.
        with suppress(InputError):
            today = local_date(desk.now, zone)
            slot = _slot(desk, resource, draft.starts_at(zone, today))
    types = [t for t in desk.types if not slot or not slot.types or t.id in slot.types]
    found = people.find(draft.q, draft.patient, desk.facility)
    only = request.form.get("act") == "needed"
    return page(
        "web/book.html",
        partial="web/_book_needed.html" if only else "web/_book.html",
        status=status,
        desk=desk,
        facility=desk.facility,
        zone=zone,
        now=desk.now,
        draft=draft.shown(),
        resource=resource,
        slot=slot,
        types=types,
        trail_words=trail_words,
        needed=_needed(desk, _meant(draft, found.chosen, around), types),
        also=desk.also(resource),
        found=found,
        waits=_waits(desk, draft),
        refusal=around.refusal,
        openings=around.openings,
        over=around.over,
        registration=around.similar,
        weeks=repeating.WEEKS,
        priorities=repeating.PRIORITIES,
    )


def _meant(draft: Draft, patient: str, around: Shown) -> Draft:
    """Give the draft as it is sent again if nobody changes what the form has chosen."""
    if around.openings and not draft.pick:
        first = template_words.stamp(around.openings[0].span.start)
        draft = replace(draft, pick=first, was=draft.typed)
    return replace(draft, patient=patient)


def _needed(desk: Desk, draft: Draft, types: list[TypeView]) -> Needed:
    """Say what would be chosen for the type that stands on the form."""
    chosen = (each for each in types if str(each.public_id) == draft.type)
    kind = next(chosen, types[0] if types else None)
    if kind is None or not kind.has_needs:
        return Needed(any=False)
    try:
        patient = needing.known(draft.patient, desk.facility)
        resource = desk.resource(draft.code)
        order = _wanted(desk, draft, resource, kind, patient)
        picks = needing.picks(draft.picked, "", order)
    except DomainError:
        return Needed(any=True)
    sealed, order = needing.seal(order), replace(order, picks=picks)
    slot = None if draft.also else _slot(desk, resource, order.starts_at)
    if slot is not None:
        order = replace(order, ends_at=slot.span.end)
    return needing.needed(order, sealed, desk.facility, now=desk.now)
