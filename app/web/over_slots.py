"""A time booked over token slots: who gives way is seen first, and then told."""

from http import HTTPStatus

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.booking import displacement_queries, service
from app.booking.views import DisplacementView
from app.core.errors import DomainError
from app.core.spans import local_date
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web import booking
from app.web.booking import Desk
from app.web.drafts import Draft
from app.web.hours_desk import leave_for
from app.web.reading import must
from app.web.telling import Refusal, refusal_of

bp = Blueprint("over_slots", __name__, url_prefix="/over-slots")

# What a look is made for: nothing of it is kept.
_LOOK = "look"


@bp.get("/<facility>")
def form(facility: str) -> ResponseReturnValue:
    """Show at once who would give way."""
    desk, draft = _asked(facility)
    return _looked(desk, draft)


@bp.post("/<facility>")
def book(facility: str) -> ResponseReturnValue:
    """Look again, or book it: the slots close, and their tokens move on."""
    desk, draft = _asked(facility)
    if request.form.get("act") != "book":
        return _looked(desk, draft)
    try:
        made = service.book_over_slots(
            booking.timed(desk, draft),
            request.form.get("reason", ""),
            by=current.actor(),
            now=desk.now,
        )
    except DomainError as error:
        return _refused(desk, draft, error)
    return leave_for(
        url_for("emergencies.show", facility=facility, displacement=made.id)
    )


def _asked(facility: str) -> tuple[Desk, Draft]:
    desk = booking.desk_of(facility)
    draft = Draft.read(request.values)
    must(Permission.OVERRIDE_SLOTS, desk.facility, desk.resource(draft.code))
    return desk, draft.opened(
        desk.facility.zone, local_date(desk.now, desk.facility.zone)
    )


def _looked(desk: Desk, draft: Draft) -> Response:
    try:
        told = displacement_queries.preview_over_slots(
            booking.timed(desk, draft), _LOOK, by=current.actor(), now=desk.now
        )
    except DomainError as error:
        return _refused(desk, draft, error)
    return _page(desk, draft, told)


def _refused(desk: Desk, draft: Draft, error: DomainError) -> Response:
    why, status = refusal_of(error, desk.facility.zone), problem_of(error).status
    return _page(desk, draft, None, why, status)


def _page(
    desk: Desk,
    draft: Draft,
    foreseen: DisplacementView | None,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    return page(
        "web/over_slots.html",
        partial="web/_over_slots.html",
        status=status,
        facility=desk.facility,
        draft=draft.shown(),
        resource=desk.resource(draft.code),
        reason=request.form.get("reason", "")[:200],
        foreseen=foreseen,
        refusal=refusal,
        now=desk.now,
        zone=desk.facility.zone,
    )
