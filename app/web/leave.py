"""Leave over bookings as one guided page: who and when, whom it meets, what becomes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import replace

from app.accounts.permissions import Permission
from app.availability.views import NewException
from app.booking import leave_queries, service
from app.booking import queries as booking
from app.booking.applying import MOST
from app.booking.kinds import Fate, Remedy, Task
from app.booking.queries import Stranded
from app.booking.views import (
    Absence,
    Applied,
    CascadeItemView,
    CascadeView,
    Chosen,
)
from app.core import clock
from app.core.errors import DomainError, InputError
from app.core.spans import Span, local_date
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView
from app.doors import current
from app.doors.htmx import page, wants_partial
from app.doors.problems import PROBLEMS, problem_of
from app.web import hours_desk, hours_words
from app.web.hours_desk import leave_for, may_touch, once_of, span_of
from app.web.reading import may
from app.web.telling import Refusal, refusal_of

bp = Blueprint("leave", __name__, url_prefix="/leave")

_LONGEST = 200
# What a row says in place of a proposal.
LISTED = "list"
_PAST, _AHEAD = timedelta(days=14), timedelta(days=80)
REMEDIES = {
    Remedy.LATER: "Later that day",
    Remedy.INSTEAD: "Somebody else",
    Remedy.ANOTHER_DAY: "Another day",
}
WORK = {
    Task.HOLD: "Holding places",
    Task.TAKE: "Moving people as chosen",
    Task.LIST: "Putting people on the rebooking list",
    Task.GIVE_BACK: "Bringing everybody back",
}


class Asked(Struct, frozen=True):
    """The form as typed; `when` is now, which leaves the start open, or span."""

    with_: str = ""
    when: str = "now"
    first: str = ""
    start: str = ""
    last: str = ""
    end: str = ""
    reason: str = ""
    everywhere: str = ""
    seen: str = ""
    once: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Asked":
        typed = {
            name: values.get(name.rstrip("_"), "")[:_LONGEST].strip()
            for name in cls.__struct_fields__
        }
        typed["when"] = typed["when"] or "now"
        return cls(**typed | {"once": typed["once"] or hours_desk.fresh()})

    def absence(self, place: FacilityView, who: ResourceView, now: datetime) -> Absence:
        """
        Make the order of it.

        :raises InputError: naming the field that cannot be right
        """
        today = local_date(now, place.zone)
        begins: datetime | None = None
        if self.when == "span":
            span = span_of(
                self.first, self.start, self.last, self.end, place.zone, today=today
            )
            begins, ends = span.start, span.end
        else:
            ends = self._until(place, today)
            if ends <= now:
                raise InputError(field="end", reason="before_start")
        return Absence(
            facility_id=place.public_id,
            resource_id=who.public_id,
            ends_at=ends,
            starts_at=begins,
            reason=self.reason,
            everywhere=self.everywhere == "1",
            once=once_of(
                {"once": self.once}, who.id, begins, ends, self.reason, self.everywhere
            ),
        )

    def _until(self, place: FacilityView, today: date) -> datetime:
        return span_of("", "", self.last, self.end, place.zone, today=today).end


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    """List the leave and maintenance that met bookings."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    window = Span(now - _PAST, now + _AHEAD)
    found = leave_queries.cascades(place, window, by=by)
    return page(
        "web/hours/leave.html",
        partial="web/hours/_leave.html",
        facility=place,
        listed=found,
        may_add=bool(_able(place)),
        span_told=hours_words.span_told,
        now=now,
        zone=place.zone,
    )


@bp.get("/<facility>/new")
def form(facility: str) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    return _form(place, Asked.read(request.args), None)


@bp.post("/<facility>/new")
def add(facility: str) -> ResponseReturnValue:
    """Look whom the leave meets, or let it stand and hold other places."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    asked = Asked.read(request.form)
    met: list[Stranded] | None = None
    try:
        absence = asked.absence(place, _who(place, asked), now)
        met = booking.impact(_change(absence, now), by=by, now=now)
        if request.form.get("act") == "look":
            return _form(place, asked, met)
        hours_desk.must_be_seen(met, asked.seen)
        told = service.mark_absent(absence, by=by, now=now)
    except DomainError as refusal:
        why = refusal_of(refusal, place.zone)
        if refusal.field == "ends_at":
            why = replace(why, field="end")
        return _form(place, asked, met, why, problem_of(refusal).status)
    return leave_for(url_for(".show", facility=facility, cascade=told.id))


@bp.get("/<facility>/<uuid:cascade>")
def show(facility: str, cascade: UUID) -> ResponseReturnValue:
    by, now = current.actor(), clock.now()
    directory.facility(facility, by=by)
    return _shown(leave_queries.cascade(cascade, by=by, now=now))


@bp.get("/<facility>/<uuid:cascade>/work")
def work(facility: str, cascade: UUID) -> ResponseReturnValue:
    """Tell how far the work on it has come; when it is done, show what came of it."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    found = leave_queries.work(cascade, by=by)
    if not found or not wants_partial():
        return leave_for(url_for(".show", facility=facility, cascade=cascade))
    return render_template(
        "web/hours/_cascade_work.html",
        work=found,
        doing=WORK,
        facility=place,
        cascade_id=cascade,
    )


@bp.post("/<facility>/<uuid:cascade>/apply")
def apply(facility: str, cascade: UUID) -> ResponseReturnValue:
    """Move everybody for whom a place was chosen; the others stay on the page."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    results: tuple[Applied, ...] = ()
    try:
        choices, to_list = _choices()
        if choices:
            once = once_of(request.form, cascade, *choices)
            told = service.apply_proposals(cascade, choices, by=by, now=now, once=once)
            results = told.results
        if to_list:
            service.leave_to_list(cascade, to_list, by=by, now=now)
    except InputError as refusal:
        found = leave_queries.cascade(cascade, by=by, now=now)
        why = refusal_of(refusal, place.zone)
        return _shown(found, refusal=why, status=problem_of(refusal).status)
    found = leave_queries.cascade(cascade, by=by, now=now)
    return _shown(found, results=results, to_list=to_list)


@bp.post("/<facility>/<uuid:cascade>/list")
def leave_to_list(facility: str, cascade: UUID) -> ResponseReturnValue:
    """Put everybody who is still to be decided on the rebooking list."""
    by, now = current.actor(), clock.now()
    directory.facility(facility, by=by)
    found = leave_queries.cascade(cascade, by=by, now=now)
    left = [e.appointment.id for e in found.items if e.fate is Fate.WAITING]
    # A second press finds nobody left, and changes nothing.
    if left:
        found = service.leave_to_list(cascade, left[:MOST], by=by, now=now)
    return _shown(found, to_list=left)


@bp.post("/<facility>/<uuid:cascade>/propose")
def propose(facility: str, cascade: UUID) -> ResponseReturnValue:
    """Hold places once more for whom none is held any longer."""
    by = current.actor()
    directory.facility(facility, by=by)
    service.propose(cascade, by=by, now=clock.now())
    return leave_for(url_for(".show", facility=facility, cascade=cascade))


@bp.post("/<facility>/<uuid:cascade>/undo")
def undo(facility: str, cascade: UUID) -> ResponseReturnValue:
    """Take it back; what was moved returns where its place is free."""
    by = current.actor()
    directory.facility(facility, by=by)
    service.undo_cascade(cascade, by=by, now=clock.now())
    return leave_for(url_for(".show", facility=facility, cascade=cascade))


def _choices() -> tuple[list[Chosen], list[UUID]]:
    """
    Read who goes where, and who goes on the rebooking list.

    Who is left for later is among neither.
    """
    found, to_list = [], []
    for name, value in request.form.items():
        if not name.startswith("to-") or not value:
            continue
        try:
            whose = UUID(name.removeprefix("to-"))
            if value == LISTED:
                to_list.append(whose)
            else:
                found.append(Chosen(whose, UUID(value)))
        except ValueError as exc:
            raise InputError(field="choices", reason="choice") from exc
    if not found and not to_list:
        raise InputError(field="choices", reason="none_chosen")
    return found, to_list


def _change(absence: Absence, now: datetime) -> NewException:
    return NewException(
        facility_id=None if absence.everywhere else absence.facility_id,
        resource_id=absence.resource_id,
        is_available=False,
        during=Span(absence.starts_at or now, absence.ends_at),
    )


def _able(place: FacilityView) -> list[ResourceView]:
    """Give whom the reader may let be away."""
    return [
        each
        for each in directory.resources(place, by=current.actor())
        if each.active
        and each.kind is ResourceKind.PRACTITIONER
        and may_touch(Permission.MANAGE_SCHEDULES, place, each)
    ]


def _who(place: FacilityView, asked: Asked) -> ResourceView:
    for each in directory.resources(place, by=current.actor()):
        if each.code == asked.with_ and each.active:
            return each
    raise InputError(field="with", reason="choice" if asked.with_ else "required")


def _count(cascade: CascadeView) -> Counter[Fate]:
    return Counter(each.fate for each in cascade.items)


def _of_fate(
    cascade: CascadeView, named: Sequence[UUID], fate: Fate
) -> list[CascadeItemView]:
    return [
        each
        for each in cascade.items
        if each.appointment.id in named and each.fate is fate
    ]


def _form(
    place: FacilityView,
    asked: Asked,
    met: list[Stranded] | None,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    able = _able(place)
    hours_desk.must_have(able, Permission.MANAGE_SCHEDULES)
    return page(
        "web/hours/leave_form.html",
        partial="web/hours/_leave_form.html",
        status=status,
        facility=place,
        asked=asked,
        able=able,
        met=met,
        seen=hours_desk.mark(met or []),
        refusal=refusal,
        now=clock.now(),
        zone=place.zone,
    )


def _shown(
    cascade: CascadeView,
    *,
    results: tuple[Applied, ...] = (),
    to_list: Sequence[UUID] = (),
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    place = cascade.facility
    titles = {code: problem.title for code, problem in PROBLEMS.items()}
    return page(
        "web/hours/cascade.html",
        partial="web/hours/_cascade.html",
        status=status,
        facility=place,
        cascade=cascade,
        counted=_count(cascade),
        moved=sum(each.moved for each in results),
        refused=[each for each in results if not each.moved and not each.pending],
        results=bool(results or to_list),
        listed=_of_fate(cascade, to_list, Fate.LISTED),
        unlisted=[
            each
            for each in _of_fate(cascade, to_list, Fate.WAITING)
            if each.ordered is None
        ],
        work=cascade.work,
        doing=WORK,
        cascade_id=cascade.id,
        titles=titles,
        remedies=REMEDIES,
        told=hours_words.span_told(cascade.span, place.zone),
        may_apply=may(Permission.MODIFY, place),
        may_list=may(Permission.CANCEL, place, cascade.resource),
        may_manage=may_touch(Permission.MANAGE_SCHEDULES, place, cascade.resource),
        once=hours_desk.fresh(),
        refusal=refusal,
        now=clock.now(),
        zone=place.zone,
    )
