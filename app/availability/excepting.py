"""Acts on exceptions: take time away or add it, and take that back."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.availability import checks, reading, slots, where
from app.availability.events import HoursChanged, HoursReset
from app.availability.kinds import Offered
from app.availability.models import AvailabilityException
from app.availability.reading import LONGEST_EXTRA
from app.availability.views import NewException
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import InputError, NotFoundError
from app.core.holding import hold_all
from app.core.spans import local_date
from app.core.text import clean
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


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
        scope = _scope(facility.id if facility else None, resource_id)
        accounts.require(by, Permission.MANAGE_SCHEDULES, scope)
        hold_all(_keys(facility, resource_id))
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
        house.emit(
            HoursReset(row.facility_id, resource_id, "added", by=by, now=now)
            if row.is_available
            else HoursChanged(row.facility_id, resource_id, row.during, by=by, now=now)
        )
        return row.public_id


def revoke_exception(exception: UUID, *, by: Actor, now: datetime) -> None:
    """
    Take an exception back; the pattern holds again, and doing it twice changes nothing.

    The row stays: slots and appointments may have come from it.

    :raises NotFoundError: if there is no such exception
    """
    with transaction():
        row = _exception(exception)
        scope = _scope(row.facility_id, row.resource_id)
        accounts.require(by, Permission.MANAGE_SCHEDULES, scope)
        hold_all(_keys(_place(row), row.resource_id))
        row = _exception(exception)
        if row.revoked_at is not None:
            return
        row.revoked_at = now
        audit.record(
            "exception.revoked",
            audit.Subject("exception", row.public_id, row.facility_id),
            by=by,
            now=now,
            before=_exception_told(row),
        )
        db.session.flush()
        house.emit(
            HoursReset(row.facility_id, row.resource_id, "revoked", by=by, now=now)
        )


def check(order: NewException, facility: FacilityView) -> None:
    """
    Refuse an exception that could not be made, whatever is booked; write nothing.

    :raises InputError: if it names nothing, or that weekday has no tokens to take
    """
    _check_exception(order)
    if order.is_available:
        _slot_size(order, facility, where.resource(order.resource_id, facility))


def _scope(facility_id: int | None, resource_id: int | None) -> Scope:
    """Say where an exception holds: without a facility, wherever the resource does."""
    if resource_id is None:
        return Scope(facility_id)
    posts = directory.posts_of([resource_id])
    return Scope(
        facility_id,
        frozenset(
            post.thing for post in posts if facility_id in {None, post.facility_id}
        ),
    )


def _exception(public_id: UUID) -> AvailabilityException:
    row = db.session.scalar(
        select(AvailabilityException).where(
            AvailabilityException.public_id == public_id
        )
    )
    if row is None:
        raise NotFoundError("exception", field="exception_id")
    return row


def _place(row: AvailabilityException) -> FacilityView | None:
    if row.facility_id is None:
        return None
    return directory.facilities({row.facility_id})[row.facility_id]


def _keys(facility: FacilityView | None, resource_id: int | None) -> list[str]:
    if resource_id is not None:
        return [f"resource:{each}" for each in directory.public_ids([resource_id])]
    return where.keys(facility, None) if facility is not None else []


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
    minutes, tokens = order.slot_minutes, order.tokens_per_slot
    if not order.is_available or order.kind is not Offered.TOKENS:
        if order.is_available and (minutes or tokens):
            raise InputError(field="slot_minutes", reason="only_tokens")
        return 0, 0
    if minutes is None and tokens is None:
        assert facility is not None
        return _weekday_size(order, facility, resource)
    if minutes is None or tokens is None:
        lacking = "slot_minutes" if minutes is None else "tokens_per_slot"
        raise InputError(field=lacking, reason="required")
    checks.slot_size(minutes, tokens)
    return minutes, tokens


def _weekday_size(
    order: NewException, facility: FacilityView, resource: ResourceView | None
) -> tuple[int, int]:
    """
    Give slot minutes and tokens of that weekday's first session.

    Of one that is on that day, if any is; others take turns with it.
    """
    day = local_date(order.during.start, facility.zone)
    known = reading.read(facility, [resource.id] if resource else [], order.during)
    weekly = [
        (not slots.recurs(each, day, hours.since), each.start, each)
        for hours in (known.hours(resource) if resource else known.patterns[None])
        if hours.holds_on(day)
        for each in hours.sessions
        if each.kind is Offered.TOKENS and each.weekday == day.weekday()
    ]
    if not weekly:
        raise InputError(field="slot_minutes", reason="no_tokens_that_weekday")
    *_, found = min(weekly, key=lambda each: each[:2])
    return found.slot_minutes, found.tokens


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
