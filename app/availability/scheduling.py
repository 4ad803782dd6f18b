"""Acts on schedules: set one, edit one session of it; each change is a new version."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace
from sqlalchemy import func, or_, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.availability import checks, rows, where
from app.availability.errors import ScheduleOverlapError
from app.availability.events import HoursReset
from app.availability.kinds import Offered
from app.availability.models import Availability, Schedule
from app.availability.views import NewSchedule, NewSession
from app.core import events as house
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import InputError, NotFoundError
from app.core.holding import hold_all
from app.core.text import clean
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


def set_schedule(order: NewSchedule, *, by: Actor, now: datetime) -> UUID:
    """
    Set the hours of a resource at a facility, and end the configuration before it.

    Nothing at any other facility changes: the resource has one timeline, so hours that
    would put it in two places are refused.

    :raises InputError: if a session cannot be right
    :raises ScheduleOverlapError: if a configuration begins later or on the same day,
        another than the one it replaces holds, or another facility has the resource at
        the same hours
    """
    checks.sessions(order)
    with transaction():
        facility = directory.facility(order.facility_id)
        resource = where.resource(order.resource_id, facility)
        accounts.require(
            by, Permission.MANAGE_SCHEDULES, where.scope(facility, resource)
        )
        hold_all(where.keys(facility, resource))
        return _write(order, facility, resource, "schedule.set", by=by, now=now)


def check(order: NewSchedule, facility: FacilityView) -> None:
    """
    Refuse hours that could not be set, whatever is booked; write nothing.

    They are taken to replace what begins on the same day.

    :raises InputError: if a session cannot be right
    :raises NotFoundError: if the resource does not serve there
    :raises ScheduleOverlapError: as `set_schedule`
    """
    checks.sessions(order)
    resource = where.resource(order.resource_id, facility)
    _former(order, facility, resource, same_day=True)
    checks.apart(order, resource, facility)


def edit_session(
    availability: UUID,
    change: NewSession | None,
    from_day: date,
    *,
    by: Actor,
    now: datetime,
) -> UUID:
    """
    Change one session of a schedule from a day on, or leave it out with None.

    The version before it ends the day before and stays to be read; the new one takes
    over every other session, and the weeks are counted on as before.

    :raises InputError: if the session cannot be right, or that day is not within the
        version
    :raises NotFoundError: if there is no such session
    :raises ScheduleOverlapError: if another facility has the resource at those hours
    """
    with transaction():
        facility, resource = _whose(availability)
        accounts.require(
            by, Permission.MANAGE_SCHEDULES, where.scope(facility, resource)
        )
        hold_all(where.keys(facility, resource))
        former, sessions = _version(availability)
        _within(former, from_day)
        kept = tuple(
            rows.new_session_of(each)
            for each in sessions
            if each.public_id != availability
        )
        order = NewSchedule(
            facility_id=facility.public_id,
            resource_id=resource.public_id if resource else None,
            valid_from=from_day,
            valid_till=former.valid_till,
            sessions=(*kept, change) if change else kept,
            weeks_from=former.weeks_from,
            replaces=former.public_id,
        )
        checks.sessions(order)
        return _write(order, facility, resource, "schedule.edited", by=by, now=now)


def _write(
    order: NewSchedule,
    facility: FacilityView,
    resource: ResourceView | None,
    action: str,
    *,
    by: Actor,
    now: datetime,
) -> UUID:
    order = replace(order, weeks_from=order.weeks_from or order.valid_from)
    ended = _end_former(order, facility, resource)
    checks.apart(order, resource, facility)
    row = Schedule(
        public_id=uuid4(),
        facility_id=facility.id,
        resource_id=resource.id if resource else None,
        valid_from=order.valid_from,
        valid_till=order.valid_till,
        weeks_from=order.weeks_from,
        created_at=now,
    )
    overlap = ScheduleOverlapError(new=order.valid_from, old=order.valid_from)
    with constraints({"ex_schedules_one_at_a_time": overlap}):
        db.session.add(row)
    for each in order.sessions:
        db.session.add_all(_rows(each, row.id))
        if resource is not None and each.kind is Offered.TOKENS:
            directory.ensure_prefix(resource, by=by, now=now)
    audit.record(
        action,
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
    house.emit(HoursReset(facility.id, row.resource_id, "schedule", by=by, now=now))
    return row.public_id


def _whose(availability: UUID) -> tuple[FacilityView, ResourceView | None]:
    """Tell whose hours a session is; neither of them ever changes."""
    schedule, _ = _version(availability)
    facility = directory.facilities({schedule.facility_id})[schedule.facility_id]
    if schedule.resource_id is None:
        return facility, None
    (public_id,) = directory.public_ids([schedule.resource_id])
    return facility, directory.resource(public_id, facility.id)


def _version(availability: UUID) -> tuple[Schedule, list[Availability]]:
    schedule = db.session.scalar(
        select(Schedule)
        .join(Availability, Availability.schedule_id == Schedule.id)
        .where(Availability.public_id == availability)
    )
    if schedule is None:
        raise NotFoundError("availability", field="availability_id")
    sessions = db.session.scalars(
        select(Availability)
        .where(Availability.schedule_id == schedule.id)
        .order_by(Availability.id)
    )
    return schedule, list(sessions)


def _within(version: Schedule, day: date) -> None:
    last = version.valid_till
    if day < version.valid_from or (last is not None and day > last):
        raise InputError(
            field="from_day",
            reason="not_in_version",
            first=version.valid_from,
            last=last or "…",
        )


def _end_former(
    order: NewSchedule, facility: FacilityView, resource: ResourceView | None
) -> dict[str, Any] | None:
    """End what holds when the new one begins."""
    former = _former(order, facility, resource)
    if order.replaces not in {None, former.public_id if former else None}:
        raise ScheduleOverlapError(
            field="replaces",
            new=f"{order.valid_from}",
            old=f"{former.valid_from}" if former else "…",
            where=facility.name,
        )
    if former is None:
        return None
    ended = {"schedule": former.public_id, "valid_till": former.valid_till}
    former.valid_till = order.valid_from - timedelta(days=1)
    db.session.flush()
    return ended


def _former(
    order: NewSchedule,
    facility: FacilityView,
    resource: ResourceView | None,
    *,
    same_day: bool = False,
) -> Schedule | None:
    """Give what holds when the new one begins; refuse what begins later."""
    resource_id = resource.id if resource else None
    overlapping = db.session.scalars(
        select(Schedule)
        .where(
            Schedule.facility_id == facility.id,
            Schedule.resource_id.is_not_distinct_from(resource_id),
            or_(
                Schedule.valid_till.is_(None),
                Schedule.valid_till
                >= func.greatest(order.valid_from, Schedule.valid_from),
            ),
        )
        .order_by(Schedule.valid_from)
    ).all()
    found: Schedule | None = None
    for each in overlapping:
        if order.valid_till is not None and each.valid_from > order.valid_till:
            continue
        expected = same_day or each.public_id == order.replaces
        soonest = order.valid_from + timedelta(days=1) if expected else order.valid_from
        if each.valid_from >= soonest:
            raise ScheduleOverlapError(
                field="valid_from",
                new=f"{order.valid_from}",
                old=f"{each.valid_from}",
                where=facility.name,
            )
        found = each
    return found


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
        "every_weeks": each.every_weeks,
        "nth": each.nth,
    }
