"""An emergency in a theatre as one guided page: what it needs, who gives way, done."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct, field
from msgspec.structs import replace

from app.accounts.permissions import Permission
from app.booking import displacement_queries, service
from app.booking.kinds import Priority
from app.booking.views import DisplacementView, NewTimed, Want
from app.core import clock
from app.core.errors import DomainError, ForbiddenError, InputError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.views import FacilityView, ResourceView, TypeView
from app.doors import current, times
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web import hours_desk, people
from app.web.hours_desk import leave_for, once_of
from app.web.reading import clock_of, day_of, local_instant, number_of, uuid_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("emergencies", __name__, url_prefix="/emergencies")

_LONGEST = 200
# What of an emergency is asked for: the field, its label, and the kinds that can be it.
NEEDS: tuple[tuple[str, str, frozenset[ResourceKind]], ...] = (
    ("theatre", "Theatre", frozenset({ResourceKind.LOCATION})),
    ("lead", "Surgeon", frozenset({ResourceKind.PRACTITIONER})),
    ("second", "Anaesthetist or second", frozenset({ResourceKind.PRACTITIONER})),
    ("team", "Team", frozenset({ResourceKind.TEAM})),
    ("machine", "Machine", frozenset({ResourceKind.EQUIPMENT})),
)
# Whose list it stands in comes first.
_ORDER = ("lead", "theatre", "second", "team", "machine")
URGENT = (
    (Priority.EMERGENCY.value, "Emergency: at once"),
    (Priority.URGENT.value, "Urgent: today"),
    (Priority.SOON.value, "Soon: in a day or two"),
)
_FIELDS = {"resources": "theatre", "resource_id": "theatre", "starts_at": "time"}


class Asked(Struct, frozen=True):
    """The form as typed."""

    theatre: str = ""
    lead: str = ""
    second: str = ""
    team: str = ""
    machine: str = ""
    day: str = ""
    time: str = ""
    minutes: str = ""
    type: str = ""
    priority: str = ""
    reason: str = ""
    q: str = ""
    patient: str = ""
    once: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Asked":
        typed = {
            name: values.get(name, "")[:_LONGEST].strip()
            for name in cls.__struct_fields__
        }
        typed["once"] = typed["once"] or hours_desk.fresh()
        return cls(**typed)


class Desk(Struct, frozen=True):
    facility: FacilityView
    resources: list[ResourceView]
    types: list[TypeView]
    now: datetime

    def choices(self, kinds: frozenset[ResourceKind]) -> list[ResourceView]:
        return [each for each in self.resources if each.kind in kinds]


class Shown(Struct, frozen=True):
    """What is shown around the form: what it would come to, or why not."""

    foreseen: DisplacementView | None = None
    refusal: Refusal | None = None
    status: HTTPStatus = field(default=HTTPStatus.OK)


@bp.get("/<facility>")
def form(facility: str) -> ResponseReturnValue:
    desk = _desk(facility)
    asked = Asked.read(request.args)
    local = desk.now.astimezone(desk.facility.zone) + timedelta(minutes=4)
    # The next five minutes: the theatre is not ready any sooner.
    local -= timedelta(minutes=local.minute % 5)
    opened = replace(
        asked,
        day=asked.day or local.date().isoformat(),
        time=asked.time or times.clock(local, desk.facility.zone),
    )
    return _form(desk, opened)


@bp.post("/<facility>")
def admit(facility: str) -> ResponseReturnValue:
    """Look what would give way, or let the emergency in."""
    desk = _desk(facility)
    asked = Asked.read(request.form)
    act = request.form.get("act", "look")
    by, now = current.actor(), desk.now
    try:
        if act == "find":
            return _form(desk, asked)
        if act == "unknown":
            return _form(desk, _unknown(desk, asked))
        order = _order(desk, asked)
        if act != "admit":
            told = displacement_queries.preview_emergency(
                order, asked.reason, by=by, now=now
            )
            return _form(desk, asked, Shown(told))
        told = service.admit_emergency(order, asked.reason, by=by, now=now)
    except DomainError as refusal:
        why = refusal_of(refusal, desk.facility.zone)
        named = refusal.field or why.field
        why = replace(why, field=_FIELDS.get(named, why.field), about_place=False)
        return _form(desk, asked, Shown(None, why, problem_of(refusal).status))
    return leave_for(url_for(".show", facility=facility, displacement=told.id))


@bp.get("/<facility>/<uuid:displacement>")
def show(facility: str, displacement: UUID) -> ResponseReturnValue:
    """Show for what others gave way, who decided it, why, and where they are now."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    told = displacement_queries.displacement(displacement, by=by)
    return page(
        "web/hours/displacement.html",
        partial="web/hours/_displacement.html",
        facility=place,
        it=told,
        now=clock.now(),
        zone=place.zone,
    )


def _desk(slug: str) -> Desk:
    """Read what the form needs; it is for who may let an emergency in anywhere here."""
    by = current.actor()
    facility = directory.facility(slug, by=by)
    if not hours_desk.may_displace(facility):
        raise ForbiddenError(permission=Permission.DISPLACE.value)
    resources = [r for r in directory.resources(facility, by=by) if r.active]
    types = sorted(
        directory.types(by=by),
        key=lambda each: (each.category is not Category.PROCEDURE, each.id),
    )
    return Desk(facility, resources, types, clock.now())


def _order(desk: Desk, asked: Asked) -> NewTimed:
    """
    Make the order of it.

    :raises InputError: naming the field that cannot be right
    """
    zone = desk.facility.zone
    day = day_of(asked.day, local_date(desk.now, zone))
    starts_at = local_instant(
        day, clock_of(asked.time, field="time"), zone, field="time"
    )
    minutes = number_of({"minutes": asked.minutes}, "minutes")
    kind = next((t for t in desk.types if str(t.public_id) == asked.type), None)
    if kind is None:
        raise InputError(field="type", reason="choice")
    if asked.priority not in {str(value) for value, _ in URGENT}:
        raise InputError(field="priority", reason="choice")
    if not asked.theatre:
        raise InputError(field="theatre", reason="required")
    wanted = tuple(_wanted(desk, asked))
    patient = uuid_of(asked.patient, field="patient", what="patient")
    once = once_of({"once": asked.once}, *(replace(asked, once="", q=""),))
    return NewTimed(
        facility_id=desk.facility.public_id,
        patient_id=patient,
        type_id=kind.public_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes) if minutes is not None else None,
        resources=wanted,
        priority=Priority(int(asked.priority)),
        once=once,
    )


def _wanted(desk: Desk, asked: Asked) -> list[Want]:
    kinds = {name: allowed for name, _, allowed in NEEDS}
    found = []
    for name in _ORDER:
        code = getattr(asked, name)
        if not code:
            continue
        able = desk.choices(kinds[name])
        one = next((each for each in able if each.code == code), None)
        if one is None:
            raise InputError(field=name, reason="choice")
        found.append(Want(one.public_id))
    return found


def _unknown(desk: Desk, asked: Asked) -> Asked:
    """Register somebody whose name nobody knows yet, and go on with them."""
    when = times.moment(desk.now, desk.facility.zone)
    nobody = people.read({"new_name": f"Unknown patient, {when}"})
    made = people.register(nobody, desk.facility, now=desk.now)
    return replace(asked, patient=str(made.public_id), q=made.mrn)


def _form(desk: Desk, asked: Asked, around: Shown | None = None) -> Response:
    around = around or Shown()
    return page(
        "web/hours/emergency.html",
        partial="web/hours/_emergency.html",
        status=around.status,
        facility=desk.facility,
        asked=asked,
        draft=asked,
        needs=[(name, label, desk.choices(kinds)) for name, label, kinds in NEEDS],
        types=desk.types,
        urgent=[(str(value), label) for value, label in URGENT],
        found=people.find(asked.q, asked.patient, desk.facility),
        foreseen=around.foreseen,
        refusal=around.refusal,
        registration=None,
        now=desk.now,
        zone=desk.facility.zone,
    )
