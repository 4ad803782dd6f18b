"""What higher rooms ask: what is offered here, and then?"""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import and_, or_, select

from app.availability import slots
from app.availability.kinds import Closed
from app.availability.models import (
    Availability,
    AvailabilityException,
    Maintenance,
    Schedule,
)
from app.availability.views import ClosedSpan, Offer, Origin, Source
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
    patterns = _patterns(facility, ids, window)
    exceptions = _exceptions(facility, ids, window)
    repairs = _maintenance(ids, window)
    told: dict[int, Offer] = {}
    for resource in asked:
        if not resource.active:
            told[resource.id] = Offer()
            continue
        mine = [*exceptions[resource.id], *(e for e in exceptions[None] if _meant(e, resource))]
        told[resource.id] = slots.offer(
            [
                piece
                for pattern in _followed(resource, patterns)
                for piece in slots.dated(pattern, window)
            ],
            [rows.extra_of(row) for row in mine if row.is_available],
            [*(rows.away_of(row) for row in mine if not row.is_available), *repairs[resource.id]],
            window,
        )
    return told


def _followed(
    resource: ResourceView, patterns: dict[int | None, list[slots.Pattern]]
) -> list[slots.Pattern]:
    if resource.id in patterns:
        return patterns[resource.id]
    if resource.kind is ResourceKind.PRACTITIONER or resource.schedule_only:
        return []
    return patterns.get(None, [])


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
                or_(Schedule.valid_till.is_(None), Schedule.valid_till >= first - slots.ONE_DAY),
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
