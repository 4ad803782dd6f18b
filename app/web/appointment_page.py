"""The page of an appointment: its facts, resources, timeline, comments and trail."""

from http import HTTPStatus
from uuid import UUID

from flask import Response
from msgspec import Struct

from app.accounts.permissions import Permission
from app.audit import queries as audit
from app.audit.views import Line, Talk
from app.booking import own_queries, queries, swap_queries
from app.booking import procedure_queries as procedures
from app.booking.kinds import Kind
from app.booking.own_queries import RatingView
from app.booking.states import LIVE, MOVABLE, MOVES, Status
from app.booking.swap_queries import Usage
from app.booking.timeline import Timeline
from app.booking.views import AppointmentView, SeriesView
from app.core import clock
from app.core.errors import NotFoundError
from app.directory.views import ResourceView
from app.doors import current, trail_words
from app.doors.htmx import page
from app.doors.problems import PROBLEMS
from app.receipts import queries as receipts
from app.receipts.views import PrepaymentView
from app.reports import audit_queries as trails
from app.web.reading import may, may_book, must
from app.web.talking import Saying
from app.web.telling import Refusal

DONE = {
    "booked": "Booked",
    "booked_off": "Booked, and off the waitlist",
    "booked_waits": "Booked; they still wait on the list",
    "requested": "Asked for, waits for approval",
    "requested_waits": "Asked for; they still wait on the list",
    "series": "Series booked",
    "series_off": "Series booked, and off the waitlist",
    "series_waits": "Series booked; they still wait on the list",
    "following": "Cancelled, with all that follow",
    "moved_following": "Moved, with all that follow",
    "moved": "Moved",
    "cancelled": "Cancelled",
    "swapped": "Resources changed",
    "undone": "Taken back",
    "printed": "The slip came out",
}


class Sections(Struct, frozen=True):
    """What stands beneath the facts; what is None is not for these eyes."""

    usage: Usage
    timeline: Timeline
    talk: Talk | None
    trail: list[Line] | None
    linked: str
    ratings: list[RatingView]
    addresses: dict[UUID, str]
    series: SeriesView | None
    prepaid: PrepaymentView | None


def shown(
    appointment: AppointmentView,
    *,
    done: str | None = None,
    saying: Saying | None = None,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Show an appointment, and what has just been done with it or why it was not."""
    place, at = appointment.facility, appointment.status
    return page(
        "web/appointment.html",
        partial="web/_appointment.html",
        status=status,
        appointment=appointment,
        facility=place,
        sections=_sections(appointment),
        saying=saying or Saying.fresh(),
        refusal=refusal,
        done=DONE.get(done or ""),
        may_move=at in MOVABLE and may_do(Permission.MODIFY, appointment),
        may_cancel=Status.CANCELLED in MOVES[at]
        and may_do(Permission.CANCEL, appointment),
        may_swap=at in LIVE and may_do(Permission.MODIFY, appointment),
        may_join=_may_join(appointment),
        may_book=may_book(place),
        may_slip=_may_slip(appointment),
        may_pay=may(Permission.TAKE_PAYMENT, place),
        trail_words=trail_words,
        titles={code: problem.title for code, problem in PROBLEMS.items()},
        now=clock.now(),
        zone=place.zone,
    )


def _may_join(told: AppointmentView) -> bool:
    """Say whether others may come too: to a time that stands, not to one's number."""
    stands = told.kind is Kind.TIMED and told.status in LIVE - {Status.HELD}
    return bool(told.patients) and stands and may_do(Permission.MODIFY, told)


def _may_slip(told: AppointmentView) -> bool:
    """Say whether somebody of it has not come yet, for whom a slip may be printed."""
    due = any(each.status is Status.SCHEDULED for each in told.participants)
    return due and may_do(Permission.CHECK_IN, told)


def may_do(permission: Permission, told: AppointmentView) -> bool:
    """Say whether who looks may do that to all that an appointment uses."""
    return may(permission, told.facility, *_used(told))


def must_do(permission: Permission, told: AppointmentView) -> None:
    """
    Refuse a form to who may not send it.

    :raises ForbiddenError: as the act itself would
    """
    must(permission, told.facility, *_used(told))


def _used(told: AppointmentView) -> list[ResourceView]:
    return [told.resource, *(claim.resource for claim in told.resources)]


def _sections(told: AppointmentView) -> Sections:
    by, now = current.actor(), clock.now()
    try:
        talk = audit.talk("appointment", told.id, by=by)
    except NotFoundError:
        # Who may not know who comes reads nothing that was said of it.
        talk = None
    reads = talk is not None and talk.about.trail
    return Sections(
        usage=swap_queries.used(told.id, by=by),
        timeline=queries.timeline(told.id, by=by, now=now),
        talk=talk,
        trail=trails.history("appointment", told.id, by=by) if reads else None,
        linked=_linked(told),
        ratings=own_queries.ratings(told.id, by=by),
        addresses=own_queries.addresses(told.id, by=by),
        series=queries.series(told.series_id, by=by) if told.series_id else None,
        prepaid=_prepaid(told),
    )


def _prepaid(told: AppointmentView) -> PrepaymentView | None:
    """Give what was paid before, to who would otherwise take it at the desk."""
    if not may(Permission.TAKE_PAYMENT, told.facility):
        return None
    return receipts.prepaid(told.id, by=current.actor())


def _linked(told: AppointmentView) -> str:
    """Name what an appointment is for, if it is for something one may see."""
    if told.link is None or told.link.kind != "procedure":
        return ""
    try:
        return procedures.procedure(told.link.id, by=current.actor()).order.name
    except NotFoundError:
        return ""
