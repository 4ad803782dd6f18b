"""Acts on availability: set a schedule, take time away or add it, repair a machine."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.availability import checks
from app.availability.errors import ScheduleOverlapError
from app.availability.events import HoursChanged
from app.availability.kinds import Offered
from app.availability.models import (
    Availability,
    AvailabilityException,
    Maintenance,
    Schedule,
)
from app.availability.reading import LONGEST_EXTRA
from app.availability.views import (
    NewException,
    NewMaintenance,
    NewSchedule,
    NewSession,
)
from app.core import events as house
from app.core.actor import Actor
from app.core.db import constraints, db, hold_all, transaction
from app.core.errors import InputError
from app.core.spans import local_date
from app.core.text import clean
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


def set_schedule(order: NewSchedule, *, by: Actor, now: datetime) -> UUID:
    """
    Set the hours of a resource at a facility, and end the configuration before it.

    Nothing at any other facility changes: the resource has one timeline, so hours that
    would put it in two places are refused.

    :raises InputError: if a session cannot be right
    :raises ScheduleOverlapError: if a later configuration exists already, or another
        facility has the resource at the same hours
    """
    checks.sessions(order)
    with transaction() as session:
        facility = directory.facility(order.facility_id)
        resource = _resource(order.resource_id, facility)
        accounts.require(by, Permission.MANAGE_SCHEDULES, _scope(facility, resource))
        hold_all([_key(facility, resource)])
        if resource is not None:
            checks.elsewhere(order, resource, facility)
        ended = _end_former(order, facility, resource)
        row = Schedule(
            public_id=uuid4(),
            facility_id=facility.id,
            resource_id=resource.id if resource else None,
            valid_from=order.valid_from,
            valid_till=order.valid_till,
            created_at=now,
        )
        overlap = ScheduleOverlapError(new=order.valid_from, old=order.valid_from)
        with constraints({"ex_schedules_one_at_a_time": overlap}):
            session.add(row)
        for each in order.sessions:
            session.add_all(_rows(each, row.id))
            if resource is not None and each.kind is Offered.TOKENS:
                directory.ensure_prefix(resource, by=by, now=now)
        audit.record(
            "schedule.set",
            audit.Subject("schedule", row.public_id, facility.id),
            by=by,
            now=now,
            before=ended,
            after={
                "resource": resource.code if resource else None,
                "valid_from": order.valid_from,
                "valid_till": order.valid_till,
                "sessions": [_told(each) for each in order.sessions],
            },
        )
        return row.public_id


def add_exception(order: NewException, *, by: Actor, now: datetime) -> UUID:
    """
    Take time away from a resource, or add time outside its pattern.

    A tokens exception without slot minutes and tokens takes those of that weekday.

    :raises InputError: if it names nothing, or that weekday has no tokens to take
    """
    _check_exception(order)
    with transaction() as session:
        facility = directory.facility(order.facility_id) if order.facility_id else None
        resource_id, resource = _whose(order, facility)
        where = Scope(resource_ids=frozenset({resource_id} if resource_id else ()))
        if facility is not None:
            where = _scope(facility, resource)
        accounts.require(by, Permission.MANAGE_SCHEDULES, where)
        hold_all(_exception_keys(order))
        minutes, tokens = _slot_size(order, facility, resource)
        if tokens and resource is not None:
            directory.ensure_prefix(resource, by=by, now=now)
        row = AvailabilityException(
            public_id=uuid4(),
            facility_id=facility.id if facility else None,
            resource_id=resource_id,
            is_available=order.is_available,
            kind=order.kind,
            during=order.during,
            slot_minutes=minutes,
            tokens_per_slot=tokens,
            reason=clean(order.reason, field="reason", most=200),
            created_at=now,
        )
        session.add(row)
        session.flush()
        audit.record(
            "exception.added",
            audit.Subject("exception", row.public_id, row.facility_id),
            by=by,
            now=now,
            after=_exception_told(row),
        )
        if not row.is_available:
            house.emit(
                HoursChanged(row.facility_id, resource_id, row.during, by=by, now=now)
            )
        return row.public_id


def add_maintenance(order: NewMaintenance, *, by: Actor, now: datetime) -> UUID:
    """Take a resource out of service for a span."""
    with transaction() as session:
        facility = directory.facility(order.facility_id)
        resource = directory.resource(order.resource_id, facility.id)
        accounts.require(by, Permission.MANAGE_SCHEDULES, _scope(facility, resource))
        hold_all([_key(facility, resource)])
        row = Maintenance(
            public_id=uuid4(),
            resource_id=resource.id,
            during=order.during,
            reason=clean(order.reason, field="reason", most=200),
            created_at=now,
        )
        session.add(row)
        session.flush()
        audit.record(
            "maintenance.added",
            audit.Subject("maintenance", row.public_id, facility.id),
            by=by,
            now=now,
            after={
                "resource": resource.code,
                "during": order.during,
                "reason": row.reason,
            },
        )
        house.emit(HoursChanged(None, resource.id, order.during, by=by, now=now))
        return row.public_id


def _resource(public_id: UUID | None, facility: FacilityView) -> ResourceView | None:
    return None if public_id is None else directory.resource(public_id, facility.id)


def _scope(facility: FacilityView, resource: ResourceView | None) -> Scope:
    if resource is None:
        return Scope(facility.id)
    department = resource.department_id
    return Scope(
        facility_id=facility.id,
        department_ids=frozenset(() if department is None else {department}),
        resource_ids=frozenset({resource.id}),
    )


def _key(facility: FacilityView, resource: ResourceView | None) -> str:
    if resource is not None:
        return f"resource:{resource.public_id}"
    return f"facility:{facility.public_id}"


def _end_former(
    order: NewSchedule, facility: FacilityView, resource: ResourceView | None
) -> dict[str, Any] | None:
    """End what holds when the new one begins; refuse what begins later."""
    resource_id = resource.id if resource else None
    overlapping = db.session.scalars(
        select(Schedule)
        .where(
            Schedule.facility_id == facility.id,
            Schedule.resource_id.is_not_distinct_from(resource_id),
            or_(
                Schedule.valid_till.is_(None),
                Schedule.valid_till >= order.valid_from,
            ),
        )
        .order_by(Schedule.valid_from)
    ).all()
    ended: dict[str, Any] | None = None
    for former in overlapping:
        if order.valid_till is not None and former.valid_from > order.valid_till:
            continue
        if former.valid_from >= order.valid_from:
            raise ScheduleOverlapError(
                field="valid_from",
                new=f"{order.valid_from}",
                old=f"{former.valid_from}",
                where=facility.name,
            )
        ended = {"schedule": former.public_id, "valid_till": former.valid_till}
        former.valid_till = order.valid_from - timedelta(days=1)
    db.session.flush()
    return ended


def _rows(each: NewSession, schedule_id: int) -> list[Availability]:
    return [
        Availability(
            public_id=uuid4(),
            schedule_id=schedule_id,
            kind=each.kind,
            weekday=weekday,
            start_time=each.start,
            end_time=each.end,
            slot_minutes=each.slot_minutes,
            tokens_per_slot=each.tokens_per_slot,
            types=list(each.types),
            label=clean(each.label, field="label", most=60),
            every_weeks=each.every_weeks,
            nth=list(each.nth),
        )
        for weekday in each.weekdays
    ]


def _told(each: NewSession) -> dict[str, object]:
    return {
        "kind": each.kind,
        "weekdays": each.weekdays,
        "start": each.start,
        "end": each.end,
        "slot_minutes": each.slot_minutes,
        "tokens_per_slot": each.tokens_per_slot,
    }


def _whose(
    order: NewException, facility: FacilityView | None
) -> tuple[int | None, ResourceView | None]:
    if order.resource_id is None:
        return None, None
    if facility is None:
        return directory.resource_number(order.resource_id), None
    resource = directory.resource(order.resource_id, facility.id)
    return resource.id, resource


def _slot_size(
    order: NewException, facility: FacilityView | None, resource: ResourceView | None
) -> tuple[int, int]:
    """Give the exception's slot minutes and tokens, or those of that weekday."""
    if not order.is_available or order.kind is not Offered.TOKENS:
        return 0, 0
    minutes, tokens = order.slot_minutes, order.tokens_per_slot
    if minutes is None and tokens is None and facility and resource:
        minutes, tokens = _weekday_size(order, facility, resource)
    if minutes is None or tokens is None:
        raise InputError(field="slot_minutes", reason="no_tokens_that_weekday")
    checks.slot_size(minutes, tokens)
    return minutes, tokens


def _weekday_size(
    order: NewException, facility: FacilityView, resource: ResourceView
) -> tuple[int | None, int | None]:
    day = local_date(order.during.start, facility.zone)
    found = db.session.execute(
        select(Availability.slot_minutes, Availability.tokens_per_slot)
        .join(Schedule, Schedule.id == Availability.schedule_id)
        .where(
            Schedule.resource_id == resource.id,
            Schedule.facility_id == facility.id,
            Schedule.valid_from <= day,
            or_(Schedule.valid_till.is_(None), Schedule.valid_till >= day),
            Availability.kind == Offered.TOKENS,
            Availability.weekday == day.weekday(),
        )
        .order_by(Availability.start_time)
        .limit(1)
    ).one_or_none()
    return (None, None) if found is None else (found[0], found[1])


def _exception_keys(order: NewException) -> list[str]:
    if order.resource_id is not None:
        return [f"resource:{order.resource_id}"]
    return [f"facility:{order.facility_id}"]


def _check_exception(order: NewException) -> None:
    if order.facility_id is None and order.resource_id is None:
        raise InputError(field="resource_id", reason="required")
    if order.is_available and order.facility_id is None:
        raise InputError(field="facility_id", reason="required")
    if order.kind is Offered.BREAK:
        raise InputError(field="kind", reason="choice", choices=["tokens", "open"])
    if order.is_available and order.during.length > LONGEST_EXTRA:
        days = LONGEST_EXTRA.days
        raise InputError(field="during", reason="too_long_extra", days=days)


def _exception_told(row: AvailabilityException) -> dict[str, Any]:
    return {
        "is_available": row.is_available,
        "kind": row.kind,
        "during": row.during,
        "slot_minutes": row.slot_minutes,
        "tokens_per_slot": row.tokens_per_slot,
        "reason": row.reason,
    }
