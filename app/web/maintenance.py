"""Maintenance of rooms and machines: a calendar, planning it around bookings, back."""

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import replace

from app.accounts.permissions import Permission
from app.availability import queries
from app.availability import service as hours
from app.availability.views import MaintenanceView, NewMaintenance, Repeat
from app.booking import queries as booking
from app.booking import service
from app.booking.kinds import Policy
from app.booking.queries import Stranded
from app.booking.views import Handling
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.core.spans import Span, day_span, local_date
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView
from app.doors import current, times
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web import hours_desk, hours_words
from app.web.hours_desk import leave_for, may_touch, once_of, span_of
from app.web.reading import day_of, instant_of
from app.web.telling import Refusal, refusal_of
from app.web.week_drafts import REPEATS

bp = Blueprint("maintenance", __name__, url_prefix="/maintenance")

DAYS = 14
_LONGEST = 200
_NOT_REPAIRED = frozenset({ResourceKind.TEAM, ResourceKind.PRACTITIONER})
_FIELDS = {"repeat.until": "until", "repeat.every_weeks": "repeats", "during": "last"}
POLICIES = (
    (Policy.MOVE.value, "Hold other places for them"),
    (Policy.AROUND.value, "Leave their time out of the maintenance"),
    (Policy.NOTIFY.value, "Let them stay, as conflicts, and tell who is concerned"),
)


class Piece(Struct, frozen=True):
    """Maintenance on one day, as its cell shows it."""

    it: MaintenanceView
    hours: str


class Row(Struct, frozen=True):
    resource: ResourceView
    days: list[list[Piece]]
    may_manage: bool


class Asked(Struct, frozen=True):
    """The form as typed; `with_` is whose maintenance it is."""

    with_: str = ""
    first: str = ""
    start: str = ""
    last: str = ""
    end: str = ""
    repeats: str = ""
    until: str = ""
    reason: str = ""
    policy: str = ""
    seen: str = ""
    once: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Asked":
        typed = {
            name: values.get(name.rstrip("_"), "")[:_LONGEST].strip()
            for name in cls.__struct_fields__
        }
        typed["policy"] = typed["policy"] or Policy.MOVE.value
        return cls(**typed | {"once": typed["once"] or hours_desk.fresh()})

    def order(
        self, place: FacilityView, resource: ResourceView, today: date
    ) -> NewMaintenance:
        """
        Make the order of it.

        :raises InputError: naming the field that cannot be right
        """
        during = span_of(
            self.first, self.start, self.last, self.end, place.zone, today=today
        )
        return NewMaintenance(
            place.public_id, resource.public_id, during, self.reason, self._repeat()
        )

    def _repeat(self) -> Repeat | None:
        if not self.repeats:
            return None
        if self.repeats not in dict(REPEATS):
            raise InputError(field="repeats", reason="choice")
        if not self.until:
            raise InputError(field="until", reason="required")
        try:
            until = day_of(self.until, date.max)
        except InputError as exc:
            raise InputError(field="until", reason="date") from exc
        if self.repeats.startswith("n"):
            return Repeat(until, nth=tuple(int(n) for n in self.repeats[1:].split(",")))
        return Repeat(until, every_weeks=int(self.repeats))


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    """Show two weeks of maintenance, a line for each room and machine."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    today = local_date(now, place.zone)
    asked = day_of(request.args.get("from"), today)
    monday = asked - timedelta(days=asked.weekday())
    days = [monday + timedelta(days=n) for n in range(DAYS)]
    window = Span(
        day_span(days[0], place.zone).start, day_span(days[-1], place.zone).end
    )
    found = queries.maintenance(place, window, by=by)
    rows = [_row(place, each, days, found) for each in _repaired(place)]
    return page(
        "web/hours/maintenance.html",
        partial="web/hours/_maintenance.html",
        facility=place,
        rows=rows,
        days=days,
        today=today,
        step=timedelta(days=DAYS),
        may_add=any(row.may_manage for row in rows),
        done={"added": "The maintenance is written down.", "back": "Taken back."}.get(
            request.args.get("done", "")
        ),
        now=now,
        zone=place.zone,
    )


@bp.get("/<facility>/new")
def form(facility: str) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    asked = Asked.read(request.args)
    today = local_date(clock.now(), place.zone)
    return _form(place, replace(asked, first=asked.first or today.isoformat()), None)


@bp.post("/<facility>/new")
def add(facility: str) -> ResponseReturnValue:
    """Look which bookings it meets, or plan it with what becomes of each."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    asked = Asked.read(request.form)
    met: list[Stranded] | None = None
    try:
        order = asked.order(place, _chosen(place, asked), local_date(now, place.zone))
        met = booking.impact(order, by=by, now=now)
        if request.form.get("act") == "look":
            return _form(place, asked, met)
        hours_desk.must_be_seen(met, asked.seen)
        handling = _handling(asked, met, order)
        told = service.plan_maintenance(order, handling, by=by, now=now)
    except DomainError as refusal:
        why = refusal_of(refusal, place.zone)
        why = replace(why, field=_FIELDS.get(refusal.field or "", why.field))
        return _form(place, asked, met, why, problem_of(refusal).status)
    if told.items:
        return leave_for(url_for("leave.show", facility=facility, cascade=told.id))
    there: dict[str, Any] = {"from": asked.first}
    return leave_for(url_for(".index", facility=facility, done="added", **there))


@bp.get("/<facility>/<uuid:maintenance>")
def revoke_form(facility: str, maintenance: UUID) -> ResponseReturnValue:
    """Show one piece of maintenance, and how to take it back."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    start = instant_of(request.args.get("at"))
    window = Span(start, start + timedelta(minutes=1))
    found = queries.maintenance(place, window, by=by)
    it = next((each for each in found if each.id == maintenance), None)
    if it is None:
        raise NotFoundError("maintenance", field="maintenance_id")
    resource = directory.resource(place, it.resource_id, by=by)
    return page(
        "web/hours/maintenance_one.html",
        partial="web/hours/_maintenance_one.html",
        facility=place,
        it=it,
        resource=resource,
        told=hours_words.span_told(it.span, place.zone),
        may_manage=may_touch(Permission.MANAGE_SCHEDULES, place, resource),
        now=clock.now(),
        zone=place.zone,
    )


@bp.post("/<facility>/<uuid:maintenance>")
def revoke(facility: str, maintenance: UUID) -> ResponseReturnValue:
    by = current.actor()
    directory.facility(facility, by=by)
    hours.revoke_maintenance(
        maintenance,
        by=by,
        now=clock.now(),
        following=request.form.get("following") == "1",
    )
    return leave_for(url_for(".index", facility=facility, done="back"))


def _repaired(place: FacilityView) -> list[ResourceView]:
    return [
        each
        for each in directory.resources(place, by=current.actor())
        if each.active and each.kind not in _NOT_REPAIRED
    ]


def _row(
    place: FacilityView,
    resource: ResourceView,
    days: list[date],
    found: list[MaintenanceView],
) -> Row:
    mine = [each for each in found if each.resource_id == resource.public_id]
    may = may_touch(Permission.MANAGE_SCHEDULES, place, resource)
    return Row(resource, [_pieces(place, day, mine) for day in days], may)


def _pieces(
    place: FacilityView, day: date, found: list[MaintenanceView]
) -> list[Piece]:
    whole = day_span(day, place.zone)
    met = [(each, inside) for each in found if (inside := each.span.meet(whole))]
    return [
        Piece(each, "All day" if inside == whole else times.between(inside, place.zone))
        for each, inside in met
    ]


def _chosen(place: FacilityView, asked: Asked) -> ResourceView:
    for each in _repaired(place):
        if each.code == asked.with_:
            return each
    raise InputError(field="with", reason="choice" if asked.with_ else "required")


def _handling(asked: Asked, met: list[Stranded], order: NewMaintenance) -> Handling:
    """Read what becomes of each booking in the way."""
    named = {
        each.appointment.id: _policy(request.form.get(f"for-{each.appointment.id}", ""))
        for each in met
    }
    by_booking = {booked: policy for booked, policy in named.items() if policy}
    usual = _policy(asked.policy)
    if usual is None:
        raise InputError(field="policy", reason="choice")
    once = once_of(request.form, order, usual, sorted(by_booking.items()))
    return Handling(usual, by_booking, once)


def _policy(written: str) -> Policy | None:
    return Policy(written) if written in set(Policy) else None


def _form(
    place: FacilityView,
    asked: Asked,
    met: list[Stranded] | None,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    able = [
        each
        for each in _repaired(place)
        if may_touch(Permission.MANAGE_SCHEDULES, place, each)
    ]
    hours_desk.must_have(able, Permission.MANAGE_SCHEDULES)
    return page(
        "web/hours/maintenance_form.html",
        partial="web/hours/_maintenance_form.html",
        status=status,
        facility=place,
        asked=asked,
        able=able,
        met=met,
        seen=hours_desk.mark(met or []),
        policies=POLICIES,
        chosen_for={
            name.removeprefix("for-"): value
            for name, value in request.form.items()
            if name.startswith("for-")
        },
        repeats=[("", "Once"), *REPEATS],
        refusal=refusal,
        now=clock.now(),
        zone=place.zone,
    )
