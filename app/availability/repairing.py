"""Acts on maintenance: take a resource out of service, once or again and again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.availability import checks, slots, where
from app.availability.events import HoursChanged, HoursReset
from app.availability.models import Maintenance
from app.availability.views import NewMaintenance
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.core.holding import hold_all
from app.core.spans import Span
from app.core.text import clean
from app.directory import internal as directory
from app.directory.views import FacilityView


def add_maintenance(order: NewMaintenance, *, by: Actor, now: datetime) -> UUID:
    """
    Take a resource out of service for a span; a repeat writes out every occurrence.

    Bookings that are there already stay: `booking.queries.impact` lists them.

    :raises InputError: if it repeats without an end, or on no day at all
    """
    return record(order, None, by=by, now=now)[0]


def record(
    order: NewMaintenance, spans: Sequence[Span] | None, *, by: Actor, now: datetime
) -> list[UUID]:
    """
    Take a resource out of service for spans of its own; None means as ordered.

    Several spans make one series.
    """
    with transaction() as session:
        facility = directory.facility(order.facility_id)
        resource = directory.resource(order.resource_id, facility.id)
        accounts.require(
            by, Permission.MANAGE_SCHEDULES, where.scope(facility, resource)
        )
        hold_all(where.keys(facility, resource))
        shut = occurrences(order, facility) if spans is None else spans
        series = uuid4() if order.repeat or len(shut) > 1 else None
        reason = clean(order.reason, field="reason", most=200)
        found = [
            Maintenance(
                public_id=uuid4(),
                facility_id=facility.id,
                resource_id=resource.id,
                during=span,
                reason=reason,
                series=series,
                created_at=now,
            )
            for span in shut
        ]
        session.add_all(found)
        session.flush()
        audit.record(
            "maintenance.added",
            audit.Subject("maintenance", found[0].public_id, facility.id),
            by=by,
            now=now,
            after={
                "resource": resource.code,
                "during": shut[0],
                "times": len(shut),
                "reason": reason,
            },
        )
        for span in shut:
            house.emit(HoursChanged(None, resource.id, span, by=by, now=now))
        return [each.public_id for each in found]


def revoke_maintenance(
    maintenance: UUID, *, by: Actor, now: datetime, following: bool = False
) -> None:
    """
    Take maintenance back, alone or with all that follow it in its series.

    Doing it twice changes nothing.

    :raises NotFoundError: if there is no such maintenance
    """
    with transaction():
        row = _maintenance(maintenance)
        place = directory.facilities({row.facility_id})[row.facility_id]
        (public_id,) = directory.public_ids([row.resource_id])
        resource = directory.resource(public_id, place.id)
        accounts.require(by, Permission.MANAGE_SCHEDULES, where.scope(place, resource))
        hold_all(where.keys(place, resource))
        standing = _standing(_maintenance(maintenance), following=following)
        if not standing:
            return
        for each in standing:
            each.revoked_at = now
        audit.record(
            "maintenance.revoked",
            audit.Subject("maintenance", maintenance, place.id),
            by=by,
            now=now,
            before={"during": row.during, "times": len(standing)},
        )
        db.session.flush()
        house.emit(HoursReset(None, row.resource_id, "revoked", by=by, now=now))


def occurrences(order: NewMaintenance, facility: FacilityView) -> list[Span]:
    """
    Give each span of maintenance, by the facility's own clock.

    :raises InputError: if it repeats without an end, or on no day at all
    """
    if order.repeat is None:
        return [order.during]
    checks.repeat(order.repeat, order.during, facility.zone)
    found = list(slots.repeated(order.during, order.repeat, facility.zone))
    checks.some(found)
    return found


def _maintenance(public_id: UUID) -> Maintenance:
    row = db.session.scalar(
        select(Maintenance).where(Maintenance.public_id == public_id)
    )
    if row is None:
        raise NotFoundError("maintenance", field="maintenance_id")
    return row


def _standing(row: Maintenance, *, following: bool) -> Sequence[Maintenance]:
    if not following or row.series is None:
        return [] if row.revoked_at is not None else [row]
    return db.session.scalars(
        select(Maintenance)
        .where(
            Maintenance.series == row.series,
            Maintenance.revoked_at.is_(None),
            func.lower(Maintenance.during) >= row.during.start,
        )
        .order_by(Maintenance.id)
    ).all()
