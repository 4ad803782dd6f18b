"""What higher rooms ask: what is offered here, and then?"""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import and_, or_, select

from app.availability import rows, slots
from app.availability.kinds import Closed
from app.availability.models import (
    Availability,
    AvailabilityException,
    Maintenance,
    Schedule,
)
from app.availability.views import ClosedSpan, NewException, NewSchedule, Offer
from app.core.db import db
from app.core.spans import Span, local_date
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView


def offers(
    facility: FacilityView, resources: Iterable[ResourceView], window: Span
) -> dict[int, Offer]:
    """
    Tell what each resource offers at the facility within the window.

    Inactive resources offer nothing. Rooms, chairs, places and machines without a
    schedule of their own follow the facility's hours, unless they are schedule-only.
    """
    asked = list(resources)
    ids = [resource.id for resource in asked]
    # What closes the end of a slot lies outside a window that holds only its start.
    near = window.widen(slots.ONE_DAY, slots.ONE_DAY)
    exceptions = _exceptions(facility, ids, near)
    repairs = _maintenance(ids, near)
    reach = _reach(near, exceptions)
    patterns = _patterns(facility, ids, reach)
    told: dict[int, Offer] = {}
    for resource in asked:
        if not resource.active:
            told[resource.id] = Offer()
            continue
        mine = [
            *exceptions[resource.id],
            *(each for each in exceptions[None] if _meant(each, resource, patterns)),
        ]
        told[resource.id] = slots.offer(
            [
                piece
                for pattern in _followed(resource, patterns)
                for piece in slots.dated(pattern, reach)
            ],
            [rows.extra_of(each) for each in mine if each.is_available],
            [
                *(rows.away_of(each) for each in mine if not each.is_available),
                *repairs[resource.id],
            ],
            window,
        )
    return told


def _reach(
    near: Span, exceptions: dict[int | None, list[AvailabilityException]]
) -> Span:
    """
    Widen the window to every exception that adds time in it.

    Such time is cut into slots from where the pattern leaves off, so the pattern must
    be known around all of it: a slot starts at the same minute in any window.
    """
    extras = [
        e.during for found in exceptions.values() for e in found if e.is_available
    ]
    return Span(
        min([near.start, *(extra.start for extra in extras)]),
        max([near.end, *(extra.end for extra in extras)]),
    )


def _meant(
    exception: AvailabilityException,
    resource: ResourceView,
    patterns: dict[int | None, list[slots.Pattern]],
) -> bool:
    """Say whether a facility's holiday or extra hours are for the resource too."""
    return not exception.is_available or _follows(resource, patterns)


def _followed(
    resource: ResourceView, patterns: dict[int | None, list[slots.Pattern]]
) -> list[slots.Pattern]:
    if _follows(resource, patterns):
        return patterns.get(None, [])
    return patterns.get(resource.id, [])


def _follows(
    resource: ResourceView, patterns: dict[int | None, list[slots.Pattern]]
) -> bool:
    return (
        resource.id not in patterns
        and resource.kind is not ResourceKind.PRACTITIONER
        and not resource.schedule_only
    )


def _patterns(
    facility: FacilityView, ids: list[int], window: Span
) -> dict[int | None, list[slots.Pattern]]:
    """Give the patterns by resource; None has the facility's own hours."""
    first = local_date(window.start, facility.zone)
    last = local_date(window.end, facility.zone)
    found_rows = db.session.execute(
        select(Schedule, Availability)
        .outerjoin(
            Availability,
            and_(
                Availability.schedule_id == Schedule.id,
                Schedule.valid_from <= last,
                # A session that began yesterday may reach into the window.
                or_(
                    Schedule.valid_till.is_(None),
                    Schedule.valid_till >= first - slots.ONE_DAY,
                ),
            ),
        )
        .where(
            Schedule.facility_id == facility.id,
            or_(Schedule.resource_id.in_(ids), Schedule.resource_id.is_(None)),
        )
        .order_by(Schedule.id, Availability.id)
    ).all()
    sessions: dict[int, list[slots.Session]] = defaultdict(list)
    schedules: dict[int, Schedule] = {}
    for schedule, availability in found_rows:
        schedules[schedule.id] = schedule
        if availability is not None:
            sessions[schedule.id].append(rows.session_of(availability))
    patterns: dict[int | None, list[slots.Pattern]] = defaultdict(list)
    for schedule in schedules.values():
        patterns[schedule.resource_id].append(
            slots.Pattern(
                facility.zone,
                schedule.valid_from,
                schedule.valid_till,
                tuple(sessions[schedule.id]),
            )
        )
    return dict(patterns)


def _exceptions(
    facility: FacilityView, ids: list[int], window: Span
) -> dict[int | None, list[AvailabilityException]]:
    found_rows = db.session.scalars(
        select(AvailabilityException)
        .where(
            AvailabilityException.revoked_at.is_(None),
            AvailabilityException.during.bool_op("&&")(window),
            or_(
                AvailabilityException.resource_id.in_(ids),
                AvailabilityException.resource_id.is_(None),
            ),
            or_(
                AvailabilityException.facility_id == facility.id,
                AvailabilityException.facility_id.is_(None),
            ),
        )
        .order_by(AvailabilityException.id)
    )
    found: dict[int | None, list[AvailabilityException]] = defaultdict(list)
    for row in found_rows:
        found[row.resource_id].append(row)
    return found


def _maintenance(ids: list[int], window: Span) -> dict[int, list[ClosedSpan]]:
    found_rows = db.session.scalars(
        select(Maintenance)
        .where(
            Maintenance.resource_id.in_(ids),
            Maintenance.revoked_at.is_(None),
            Maintenance.during.bool_op("&&")(window),
        )
        .order_by(Maintenance.id)
    )
    found: dict[int, list[ClosedSpan]] = defaultdict(list)
    for row in found_rows:
        closed = ClosedSpan(row.during, Closed.MAINTENANCE, row.reason)
        found[row.resource_id].append(closed)
    return found


def schedules(
    facility: FacilityView, resource: ResourceView | None
) -> list[NewSchedule]:
    """Give the configurations of a resource at a facility, as they would be set."""
    resource_id = resource.id if resource else None
    found = db.session.execute(
        select(Schedule, Availability)
        .outerjoin(Availability, Availability.schedule_id == Schedule.id)
        .where(
            Schedule.facility_id == facility.id,
            Schedule.resource_id.is_not_distinct_from(resource_id),
        )
        .order_by(Schedule.valid_from, Availability.id)
    ).all()
    sessions: dict[Schedule, list[Availability]] = {}
    for schedule, availability in found:
        sessions.setdefault(schedule, [])
        if availability is not None:
            sessions[schedule].append(availability)
    return [
        NewSchedule(
            facility_id=facility.public_id,
            resource_id=resource.public_id if resource else None,
            valid_from=schedule.valid_from,
            valid_till=schedule.valid_till,
            sessions=tuple(rows.new_session_of(each) for each in each_day),
        )
        for schedule, each_day in sessions.items()
    ]


def exceptions(
    facility: FacilityView, resource: ResourceView | None, during: Span
) -> list[NewException]:
    """Give the exceptions of a resource (else of the facility) that touch a span."""
    resource_id = resource.id if resource else None
    asked = [] if resource_id is None else [resource_id]
    found = _exceptions(facility, asked, during)[resource_id]
    return [rows.new_exception_of(row, facility, resource) for row in found]


def repairs(resource: ResourceView, during: Span) -> list[Span]:
    """Give the spans of a resource's maintenance that touch a span."""
    return [closed.span for closed in _maintenance([resource.id], during)[resource.id]]
