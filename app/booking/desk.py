"""What the desk reads beside the calendar: requests, lists of a day, what changed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.booking import eyes, rows
from app.booking.models import ASKED, Appointment, BookingResource
from app.booking.states import FREES_PLACE
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.db import db
from app.core.spans import day_span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView

MOST = 200
# Of so many requests of the house, one's own are picked.
_LOOKED_AT = 2000
# Longer than any act waits for its locks, so none is written down before this and
# becomes visible only after.
LATEST = timedelta(seconds=60)


def inbox(*, by: Actor) -> list[AppointmentView]:
    """Give the requests that this actor may decide, wherever, the oldest first."""
    ids = _to_decide(by)
    if not ids:
        return []
    found = db.session.scalars(
        select(Appointment)
        .where(Appointment.id.in_(ids[:MOST]))
        .order_by(Appointment.booked_at, Appointment.id)
    ).all()
    return eyes.without_names(rows.views(found), by)


def waiting(*, by: Actor) -> int:
    """Count the requests that wait for this actor, without those offered a place."""
    return len(_to_decide(by, answered=False))


def day_lists(
    facility: FacilityView, resources: Sequence[ResourceView], day: date, *, by: Actor
) -> dict[int, list[AppointmentView]]:
    """
    Give who comes to each resource on a day, in the order of time and of tokens.

    By the resource's row number; who is off is left out. Patients and notes only for
    who may see patients.
    """
    eyes.may_view(facility, resources, by)
    span, start = day_span(day, facility.zone), func.lower(Appointment.during)
    found = db.session.scalars(
        select(Appointment)
        .where(
            Appointment.facility_id == facility.id,
            Appointment.resource_id.in_([each.id for each in resources]),
            start >= span.start,
            start < span.end,
            Appointment.status.not_in(FREES_PLACE),
        )
        .order_by(start, Appointment.id)
    ).all()
    lists: dict[int, list[AppointmentView]] = {each.id: [] for each in resources}
    for each in eyes.without_names(rows.views(found), by):
        lists[each.resource.id].append(each)
    for listed in lists.values():
        listed.sort(key=lambda told: (told.span.start, *_number(told.token)))
    return lists


def changes(facility: FacilityView, since: datetime, *, by: Actor) -> int:
    """
    Count what was written since a moment that the facility's calendar may show.

    One statement over the trail, which no booking waits for. The number only grows, in
    whatever order transactions end, so two equal ones mean that nothing changed. What
    is booked elsewhere with somebody who serves here too is in their time here.
    """
    eyes.in_sight(facility, by)
    return audit.count(directory.sharing(facility.id), since - LATEST)


def _to_decide(by: Actor, *, answered: bool = True) -> list[int]:
    """Give the row numbers of requests that an actor may decide."""
    if accounts.sight(by, Permission.APPROVE).nowhere:
        return []
    claimed = (
        select(func.array_agg(BookingResource.resource_id))
        .where(
            BookingResource.appointment_id == Appointment.id, BookingResource.current
        )
        .scalar_subquery()
    )
    found = select(
        Appointment.id,
        Appointment.facility_id,
        func.array_append(claimed, Appointment.resource_id).label("used"),
    ).where(Appointment.phase == ASKED)
    if not answered:
        found = found.where(Appointment.offered_at.is_(None))
    found = found.order_by(Appointment.booked_at).limit(_LOOKED_AT)
    asked = db.session.execute(found).all()
    if not asked:
        return []
    posts = directory.posts_of({number for row in asked for number in row.used})
    things = {(post.id, post.facility_id): post.thing for post in posts}
    may = accounts.asking(by, Permission.APPROVE)
    return [
        row.id
        for row in asked
        if may(
            Scope(
                row.facility_id,
                frozenset(things[each, row.facility_id] for each in row.used),
            )
        )
    ]


def _number(token: str | None) -> tuple[int, int]:
    """Order tokens by their number; who has none yet comes after."""
    digits = "".join(char for char in token or "" if char.isdigit())
    return (0, int(digits)) if digits else (1, 0)
