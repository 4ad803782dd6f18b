"""Draft a new version of hours: paint the week, see whom it strands, publish it."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from msgspec import Struct, field
from msgspec.structs import replace

from app.availability import queries, service
from app.availability.views import NewSchedule, ScheduleView
from app.booking import queries as booking
from app.booking.queries import Stranded
from app.core.errors import ConflictError, DomainError, InputError
from app.directory.views import TypeView
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web import hours_desk, week_changes, week_paint
from app.web.hours_desk import Whose, leave_for, whose
from app.web.hours_words import LONG_DAYS
from app.web.reading import zone_name
from app.web.telling import Refusal, refusal_of
from app.web.week_draft import Line, WeekDraft, line_of

bp = Blueprint("drafts", __name__, url_prefix="/schedules")

# Fields of the order as the form names them.
_FIELDS: Mapping[str, str] = {
    "slot_minutes": "slot",
    "tokens_per_slot": "tokens",
    "weekdays": "days",
    "every_weeks": "repeats",
    "nth": "repeats",
    "valid_from": "first",
    "valid_till": "last",
    "sessions": "first",
    "replaces": "first",
    "label": "label",
    "": "start",
}
_SESSION = re.compile(r"sessions\[(\d+)\]\.?(\w*)")
REPEATS = (
    ("1", "Every week"),
    ("2", "Every 2 weeks"),
    ("3", "Every 3 weeks"),
    ("4", "Every 4 weeks"),
    ("n1", "1st of the month"),
    ("n2", "2nd of the month"),
    ("n3", "3rd of the month"),
    ("n4", "4th of the month"),
    ("n-1", "Last of the month"),
    ("n1,3", "1st and 3rd of the month"),
    ("n2,4", "2nd and 4th of the month"),
)


class Desk(Struct, frozen=True):
    """Whose hours are drafted, what was before, and the types there are."""

    it: Whose
    types: dict[str, TypeView]
    versions: list[ScheduleView] = field(default_factory=list)

    def base(self, draft: WeekDraft) -> ScheduleView | None:
        return next((v for v in self.versions if str(v.id) == draft.base), None)

    def order(self, draft: WeekDraft) -> NewSchedule:
        it = self.it
        where, whose_ = it.facility.public_id, it.resource_id
        return draft.order(where, whose_, self.types, self.base(draft), it.today)

    @property
    def names(self) -> dict[int, str]:
        return {each.id: each.name for each in self.types.values()}


@bp.get("/<facility>/house/draft", defaults={"code": ""})
@bp.get("/<facility>/of/<code>/draft")
def form(facility: str, code: str) -> ResponseReturnValue:
    """Open a draft that begins with a version, or with what holds at the end."""
    desk = _desk(facility, code)
    asked = request.args.get("version")
    held = [
        v for v in desk.versions if not v.valid_till or v.valid_till >= v.valid_from
    ]
    chosen = [v for v in desk.versions if str(v.id) == asked] or held[-1:]
    first = max([desk.it.today, *(v.valid_from for v in chosen)])
    return _form(desk, WeekDraft.of(chosen[0] if chosen else None, first))


@bp.post("/<facility>/house/draft", defaults={"code": ""})
@bp.post("/<facility>/of/<code>/draft")
def change(facility: str, code: str) -> ResponseReturnValue:
    """Change the draft by one step, or publish it."""
    desk = _desk(facility, code)
    draft = WeekDraft.read(request.form)
    act = request.form.get("act", "keep")
    try:
        if act == "close":
            return _form(desk, draft.closed())
        if act == "alike":
            return _form(desk, _with_alike(draft))
        draft = draft.kept(desk.types)
        if act == "publish":
            return _publish(desk, draft)
        return _form(desk, _step(desk, draft, act))
    except DomainError as refusal:
        return _refused(desk, draft, refusal)


def _desk(facility: str, code: str) -> Desk:
    it = whose(facility, code)
    it.must_manage()
    by = current.actor()
    versions = queries.schedule(it.facility, it.resource, by=by)
    return Desk(it, hours_desk.types(), versions)


def _with_alike(draft: WeekDraft) -> WeekDraft:
    days = tuple(sorted({*draft.typed.days, *draft.alike()}))
    return replace(draft, typed=replace(draft.typed, days=days))


def _step(desk: Desk, draft: WeekDraft, act: str) -> WeekDraft:
    """Do what a button says; one that names nothing changes nothing."""
    name, _, number = act.partition("-")
    index = int(number) if number.isdecimal() else -1
    if name == "new":
        return draft.begun(Line())
    if name == "paint":
        return draft.begun(_painted())
    if name == "back":
        base = desk.base(draft)
        sessions = base.sessions if base else ()
        if 0 <= index < len(sessions):
            kept = (*draft.lines, line_of(sessions[index]))
            return replace(draft, lines=kept)
    if 0 <= index < len(draft.lines):
        if name == "edit":
            return draft.opened(index)
        if name == "drop":
            return draft.without(index)
    return draft


def _painted() -> Line:
    """Take what was painted by hand: a day, and from when until when."""
    values = request.form
    day = values.get("paint_day", "")
    return Line(
        days=(day,) if day in {*"0123456"} else (),
        start=values.get("paint_start", "")[:5],
        end=values.get("paint_end", "")[:5],
    )


def _publish(desk: Desk, draft: WeekDraft) -> ResponseReturnValue:
    by, now = current.actor(), desk.it.now
    order = desk.order(draft)
    stranded = booking.impact(order, by=by, now=now)
    hours_desk.must_be_seen(stranded, draft.seen)
    service.set_schedule(order, by=by, now=now)
    return leave_for(desk.it.to("schedules.show", done="published"))


def _refused(desk: Desk, draft: WeekDraft, refusal: DomainError) -> Response:
    """Show the refusal beside its field; a session that cannot be right is opened."""
    told = refusal_of(refusal, desk.it.zone)
    field_ = refusal.field or ""
    named = _SESSION.fullmatch(field_)
    if named and int(named[1]) < len(draft.lines):
        draft, field_ = draft.opened(int(named[1])), named[2]
    elif named:
        field_ = named[2]
    told = replace(told, field=_FIELDS.get(field_, field_), about_place=False)
    return _form(desk, draft, told, problem_of(refusal).status)


def _form(
    desk: Desk,
    draft: WeekDraft,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    stranded, unclear = _impact(desk, draft)
    changes = week_changes.of(draft, desk.base(draft), desk.types)
    return page(
        "web/hours/draft.html",
        partial="web/hours/_draft.html",
        status=status,
        it=desk.it,
        facility=desk.it.facility,
        draft=draft,
        types=list(desk.types.values()),
        changes=changes,
        painted=week_paint.paint(week_changes.blocks(draft, changes, desk.types)),
        stranded=stranded,
        unclear=unclear,
        seen=hours_desk.mark(stranded),
        refusal=refusal,
        repeats=_repeats(draft),
        long_days=LONG_DAYS,
        address=desk.it.to("drafts.change"),
        zone_name=zone_name(desk.it.zone, desk.it.now),
        zone=desk.it.zone,
        now=desk.it.now,
    )


def _impact(desk: Desk, draft: WeekDraft) -> tuple[list[Stranded], bool]:
    """Tell whom the draft would strand; nobody knows while it cannot be right."""
    try:
        order = desk.order(draft)
        return booking.impact(order, by=current.actor(), now=desk.it.now), False
    except (InputError, ConflictError):
        return [], True


def _repeats(draft: WeekDraft) -> list[tuple[str, str]]:
    """Give the ways to repeat, and the one in the form if it is another."""
    known = dict(REPEATS)
    typed = draft.typed.repeats
    known.setdefault(typed or "1", f"As before ({typed})")
    return list(known.items())
