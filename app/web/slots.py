"""A token slot: who has its tokens."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.booking import queries as booking
from app.core import clock
from app.core.errors import NotFoundError
from app.core.spans import local_date
from app.directory import queries as directory
from app.doors import current
from app.doors.htmx import page
from app.queues import queries as queues
from app.web.reading import instant_of, may, may_book, resource_of

bp = Blueprint("slots", __name__, url_prefix="/slots")


@bp.get("/<facility>")
def show(facility: str) -> ResponseReturnValue:
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    resource = resource_of(place, request.args.get("with"))
    starts_at = instant_of(request.args.get("at"))
    day = local_date(starts_at, place.zone)
    column = booking.day(place, [resource], day, by=by, now=now)[0]
    slot = next((s for s in column.slots if s.span.start == starts_at), None)
    if slot is None:
        raise NotFoundError("slot", field="at")
    return page(
        "web/slot.html",
        partial="web/_slot.html",
        facility=place,
        resource=resource,
        slot=slot,
        day=day,
        tokens=booking.in_slot(place, resource, starts_at, by=by),
        may_check_in=queues.comes_now(slot.span, place, now=now)
        and may(Permission.CHECK_IN, place, resource),
        may_book=may_book(place) and slot.left > 0 and slot.span.end > now,
        now=now,
        zone=place.zone,
    )
