"""Delegation: lend what one may do with one's own resources, list it, take it back."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from app.accounts import queries, service
from app.accounts.delegating import NewDelegation
from app.accounts.permissions import Permission
from app.accounts.views import DelegationView
from app.core import clock
from app.core.errors import DomainError, InputError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory.views import FacilityView, ResourceView
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web import hours_words
from app.web.hours_desk import leave_for, may_touch, must_have, span_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("lending", __name__, url_prefix="/lending")

# What can be lent, in words.
LENT: Mapping[str, str] = {
    Permission.VIEW_CALENDAR.value: "See the calendar",
    Permission.REQUEST.value: "Ask for bookings",
    Permission.BOOK.value: "Book",
    Permission.MODIFY.value: "Move bookings",
    Permission.CANCEL.value: "Cancel bookings",
    Permission.APPROVE.value: "Approve requests",
    Permission.MANAGE_SCHEDULES.value: "Change hours and leave",
}
_FIELDS = {"during": "last", "resources": "things"}


class Asked(Struct, frozen=True):
    """The form as typed."""

    to: str = ""
    first: str = ""
    start: str = ""
    last: str = ""
    end: str = ""
    permissions: tuple[str, ...] = ()
    things: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: MultiDict[str, str]) -> "Asked":
        names = ("to", "first", "start", "last", "end")
        typed = {name: values.get(name, "")[:60].strip() for name in names}
        return cls(
            **typed,
            permissions=tuple(values.getlist("permissions"))[:20],
            things=tuple(values.getlist("things"))[:100],
        )

    def order(self, place: FacilityView, own: Sequence[ResourceView]) -> NewDelegation:
        """
        Make the order of it.

        :raises InputError: naming the field that cannot be right
        """
        if not set(self.permissions) <= LENT.keys():
            raise InputError(field="permissions", reason="choice")
        if not self.permissions:
            raise InputError(field="permissions", reason="required")
        lent = [each for each in own if each.code in self.things]
        if not lent:
            raise InputError(field="things", reason="required")
        if not self.to:
            raise InputError(field="to", reason="required")
        today = local_date(clock.now(), place.zone)
        return NewDelegation(
            to=self.to,
            permissions=_with_asking(map(Permission, self.permissions)),
            facility_id=place.id,
            things=frozenset(each.thing for each in lent),
            during=span_of(
                self.first, self.start, self.last, self.end, place.zone, today=today
            ),
        )


def _with_asking(lent: Iterable[Permission]) -> frozenset[Permission]:
    """Let who may book ask, too: each booking begins by asking."""
    found = frozenset(lent)
    asks = frozenset({Permission.REQUEST}) if Permission.BOOK in found else frozenset()
    return found | asks


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    """List what was lent, and what is lent to the reader at this moment."""
    place = directory.facility(facility, by=current.actor())
    today = local_date(clock.now(), place.zone).isoformat()
    return _shown(place, replace(Asked.read(request.args), first=today))


@bp.post("/<facility>")
def lend(facility: str) -> ResponseReturnValue:
    by = current.actor()
    place = directory.facility(facility, by=by)
    asked = Asked.read(request.form)
    own = _own(place)
    must_have(own, Permission.MANAGE_SCHEDULES)
    try:
        order = asked.order(place, own)
        service.delegate(order, by=by, now=clock.now())
    except DomainError as refusal:
        told = refusal_of(refusal, place.zone)
        told = replace(told, field=_FIELDS.get(refusal.field or "", told.field))
        return _shown(place, asked, told, problem_of(refusal).status)
    return leave_for(url_for(".index", facility=facility, done="lent"))


@bp.post("/<facility>/<uuid:delegation>/revoke")
def revoke(facility: str, delegation: UUID) -> ResponseReturnValue:
    by = current.actor()
    directory.facility(facility, by=by)
    service.revoke_delegation(delegation, by=by, now=clock.now())
    return leave_for(url_for(".index", facility=facility, done="back"))


def _own(place: FacilityView) -> list[ResourceView]:
    """Give whose hours the reader keeps: these are lent."""
    return [
        each
        for each in directory.resources(place, by=current.actor())
        if each.active and may_touch(Permission.MANAGE_SCHEDULES, place, each)
    ]


def _shown(
    place: FacilityView,
    asked: Asked,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    by, now = current.actor(), clock.now()
    names = {each.id: each.name for each in directory.resources(place, by=by)}
    own = _own(place)
    by_me, to_me = queries.lent_by(by), queries.lent_to(by, now=now)
    done = {"lent": "Lent.", "back": "Taken back; it ended at once."}
    return page(
        "web/hours/lending.html",
        partial="web/hours/_lending.html",
        status=status,
        facility=place,
        asked=asked,
        own=own,
        lent=LENT,
        things=[(each.code, each.name) for each in own],
        by_me=[each for each in by_me if _runs(each) and each.facility_id == place.id],
        to_me=[each for each in to_me if each.facility_id == place.id],
        names=names,
        span_told=hours_words.span_told,
        done=done.get(request.args.get("done", "")),
        refusal=refusal,
        now=now,
        zone=place.zone,
    )


def _runs(each: DelegationView) -> bool:
    """Say whether it runs, or will."""
    return each.revoked_at is None and each.during.end > clock.now()
