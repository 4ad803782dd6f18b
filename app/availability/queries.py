"""What doors read of hours: versions, exceptions, repairs, and what is offered when."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.availability import internal, rows
from app.availability.models import (
    Availability,
    AvailabilityException,
    Maintenance,
    Schedule,
)
from app.availability.views import (
    ExceptionView,
    MaintenanceView,
    Offer,
    Offerable,
    ScheduleView,
)
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView

# A listing over more than this is for reports.
LONGEST_DAYS = 100
ONE_DAY = timedelta(days=1)


def schedule(
    facility: FacilityView, resource: ResourceView | None, *, by: Actor
) -> list[ScheduleView]:
    """Give every version of a resource's hours at a facility, or of its own hours."""
    _may_view(facility, resource, by)
    number = resource.id if resource else None
    whose = {number: resource.public_id if resource else None}
    of = Schedule.resource_id.is_not_distinct_from(number)
    return _versions(of, facility, whose)


def standing(facility: FacilityView, day: date, *, by: Actor) -> list[ScheduleView]:
    """
    Give every version that holds on a day or later, of all that serve in a facility.

    Of each, and of the facility as a whole, the one that holds first comes first.
    """
    whose: dict[int | None, UUID | None] = {None: None}
    whose |= {each.id: each.public_id for each in _seen(facility, None, by)}
    ahead = or_(
        Schedule.valid_till.is_(None),
        # One that was replaced before it ever held ends before it begins.
        Schedule.valid_till >= func.greatest(day, Schedule.valid_from),
    )
    return _versions(ahead, facility, whose)


def _versions(
    which: ColumnElement[bool],
    facility: FacilityView,
    whose: Mapping[int | None, UUID | None],
) -> list[ScheduleView]:
    found = db.session.execute(
        select(Schedule, Availability)
        .outerjoin(Availability, Availability.schedule_id == Schedule.id)
        .where(Schedule.facility_id == facility.id, which)
        .order_by(
            Schedule.valid_from,
            Schedule.id,
            Availability.weekday,
            Availability.start_time,
        )
    ).all()
    types = directory.types()
    sessions: dict[Schedule, list[Availability]] = defaultdict(list)
    for version, each in found:
        sessions[version] += [each] if each is not None else []
    return [
        ScheduleView(
            id=version.public_id,
            resource_id=whose[version.resource_id],
            valid_from=version.valid_from,
            valid_till=version.valid_till,
            sessions=rows.session_views(weekly, types),
            weeks_from=version.weeks_from,
        )
        for version, weekly in sessions.items()
        if version.resource_id in whose
    ]


def exceptions(
    facility: FacilityView,
    window: Span,
    *,
    by: Actor,
    resource: ResourceView | None = None,
    holidays: bool = False,
) -> list[ExceptionView]:
    """
    Give the standing exceptions of a facility that touch a window, in order of time.

    Of one resource, or with `holidays` only those of the facility as a whole.
    """
    seen = _seen(facility, resource, by)
    _bounded(window)
    serving = {each.id: each.public_id for each in seen}
    row = AvailabilityException
    found = select(row).where(
        row.revoked_at.is_(None),
        row.during.bool_op("&&")(window),
        or_(row.facility_id == facility.id, row.facility_id.is_(None)),
        or_(row.resource_id.in_(serving), row.resource_id.is_(None)),
    )
    if holidays:
        found = found.where(row.resource_id.is_(None))
    elif resource is not None:
        found = found.where(row.resource_id == resource.id)
    return [
        rows.exception_view(each, serving.get(each.resource_id or 0))
        for each in db.session.scalars(found.order_by(row.during, row.id))
    ]


def maintenance(
    facility: FacilityView,
    window: Span,
    *,
    by: Actor,
    resource: ResourceView | None = None,
) -> list[MaintenanceView]:
    """Give the standing maintenance of what serves in a facility, in order of time."""
    _bounded(window)
    serving = {each.id: each.public_id for each in _seen(facility, resource, by)}
    found = db.session.scalars(
        select(Maintenance)
        .where(
            Maintenance.resource_id.in_(serving),
            Maintenance.revoked_at.is_(None),
            Maintenance.during.bool_op("&&")(window),
        )
        .order_by(Maintenance.during, Maintenance.id)
    )
    return [
        MaintenanceView(
            id=row.public_id,
            resource_id=serving[row.resource_id],
            span=row.during,
            reason=row.reason,
            series=row.series,
        )
        for row in found
    ]


def offered(
    facility: FacilityView, resource: ResourceView, window: Span, *, by: Actor
) -> Offer:
    """Give all a resource offers in a window, booked or not, and why it closes."""
    _may_view(facility, resource, by)
    _bounded(window)
    return internal.offers(facility, [resource], window)[resource.id]


def check(
    facility: FacilityView,
    resource: ResourceView,
    span: Span,
    *,
    by: Actor,
    type_id: UUID | None = None,
) -> Offerable:
    """Say whether a span is offered, and why not; booked or not plays no part."""
    _may_view(facility, resource, by)
    _bounded(span)
    kind = directory.appointment_type(type_id) if type_id else None
    # A slot is told by where it starts, which may lie before the span.
    near = span.widen(ONE_DAY, ONE_DAY)
    offer = internal.offers(facility, [resource], near)[resource.id]
    return offer.answer(span, kind.id if kind else None, active=resource.active)


def _bounded(window: Span) -> None:
    if window.length.days > LONGEST_DAYS:
        raise InputError(field="to", reason="too_many_days", most=LONGEST_DAYS)


def _may_view(facility: FacilityView, resource: ResourceView | None, by: Actor) -> None:
    """
    Let pass who sees a resource's calendar; a facility's own hours, who sees any.

    :raises ForbiddenError: if there is nothing of it for this actor's eyes
    """
    if resource is None:
        _seen(facility, None, by)
        return
    scope = Scope(facility.id, frozenset({resource.thing}))
    accounts.require(by, Permission.VIEW_CALENDAR, scope)


def _seen(
    facility: FacilityView, resource: ResourceView | None, by: Actor
) -> list[ResourceView]:
    """Give that resource, or all of a facility, as far as the actor sees them."""
    sight = accounts.sight(by, Permission.VIEW_CALENDAR)
    every = [resource] if resource else directory.resources(facility.id)
    seen = [each for each in every if sight.has(facility.id, each.thing)]
    if not seen and not sight.whole(facility.id):
        raise accounts.refusal(by, Permission.VIEW_CALENDAR)
    return seen
