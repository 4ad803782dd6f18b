"""Who may see what booking holds, as the trail and its comments ask."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.audit.views import Seen
from app.availability import internal as availability
from app.booking import cascading, entries, eyes, places, planning, rows, series
from app.booking import displacement_queries as displacements
from app.booking.models import TokenSlot, WaitlistEntry
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import ForbiddenError, NotFoundError
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView

_STAMP = "%Y%m%dT%H%MZ"
_NEAR = timedelta(days=1)


def listen() -> None:
    """Answer for appointments and all that belongs to them."""
    audit.guard("appointment", _appointment)
    audit.guard("series", _series)
    audit.guard("slot", _slot)
    audit.guard("conflict", _conflict)
    audit.guard("procedure", _procedure)
    audit.guard("cascade", _cascade)
    audit.guard("displacement", _displacement)
    audit.guard("waitlist_entry", _waiting)


def slot_id(facility: FacilityView, resource: ResourceView, starts_at: datetime) -> str:
    """Name a token slot: most have no row, so it goes by where, whose and when."""
    stamp = starts_at.astimezone(UTC).strftime(_STAMP)
    return f"{facility.public_id}.{resource.public_id}.{stamp}"


def _appointment(written: str, by: Actor) -> Seen:
    told = _known(rows.seen(audit.number(written), by), by)
    return _booked(told, str(told.id), by)


def _series(written: str, by: Actor) -> Seen:
    number = audit.number(written)
    booked = [each.appointment for each in series.one(number).occurrences]
    first = next(each for each in booked if each is not None)
    told = _known(rows.seen(first.id, by), by)
    return _booked(told, str(number), by)


def _known(told: AppointmentView, by: Actor) -> AppointmentView:
    """
    Let pass who may know who comes: what is said of a visit is said of a patient.

    :raises NotFoundError: for who may see the calendar alone
    """
    try:
        eyes.may_know(told, by)
    except ForbiddenError as exc:
        raise NotFoundError("appointment", field="object_id") from exc
    return told


def _booked(told: AppointmentView, number: str, by: Actor) -> Seen:
    name = told.patient.name if told.patient else told.reference
    trail = rows.touches(told, accounts.asking(by, Permission.VIEW_AUDIT))
    return Seen(number, name, told.facility.id, told.span, trail)


def _slot(written: str, by: Actor) -> Seen:
    where, _, rest = written.partition(".")
    whose, _, stamp = rest.partition(".")
    facility, resource = directory.serving(audit.number(where), audit.number(whose))
    try:
        starts_at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        near = Span(starts_at - _NEAR, starts_at + _NEAR)
    except (ValueError, OverflowError) as exc:
        raise NotFoundError("slot", field="object_id") from exc
    scope = places.scope(facility, [resource])
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, scope):
        raise NotFoundError("slot", field="object_id")
    offered = availability.offers(facility, [resource], near, cut=False)[resource.id]
    slot = offered.slot_at(starts_at)
    span = slot.span if slot else _kept(facility, resource, starts_at)
    number = slot_id(facility, resource, starts_at)
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, scope)
    return Seen(number, resource.name, facility.id, span, trail)


def _kept(facility: FacilityView, resource: ResourceView, starts_at: datetime) -> Span:
    """Give a slot that is offered no more, as whoever booked in it has it."""
    span = db.session.scalar(
        select(TokenSlot.during).where(
            TokenSlot.facility_id == facility.id,
            TokenSlot.resource_id == resource.id,
            func.lower(TokenSlot.during) == starts_at,
        )
    )
    if span is None:
        raise NotFoundError("slot", field="object_id")
    return span


def _conflict(written: str, by: Actor) -> Seen:
    told = entries.one(audit.number(written))
    scope = Scope(told.facility_id, frozenset({told.resource.thing}))
    return _at(str(told.id), told.resource.name, scope, told.span, by)


def _cascade(written: str, by: Actor) -> Seen:
    row = cascading.seen(audit.number(written), by)
    name = directory.posts_of([row.resource_id])[0].name
    return _at(str(row.public_id), name, cascading.scope_of(row), row.during, by)


def _procedure(written: str, by: Actor) -> Seen:
    told, facility = planning.seen(audit.number(written), by)
    here = directory.resources(facility.id)
    knows = accounts.asking(by, Permission.VIEW_PATIENTS)
    if not planning.touches(told.order, facility, here, knows):
        raise NotFoundError("procedure", field="object_id")
    reads = accounts.asking(by, Permission.VIEW_AUDIT)
    trail = planning.touches(told.order, facility, here, reads)
    return Seen(str(told.id), told.order.name, facility.id, trail=trail)


def _displacement(written: str, by: Actor) -> Seen:
    number: UUID = audit.number(written)
    told = _known(displacements.displacement(number, by=by).appointment, by)
    return _booked(told, str(number), by)


def _waiting(written: str, by: Actor) -> Seen:
    found = select(WaitlistEntry).where(
        WaitlistEntry.public_id == audit.number(written)
    )
    row = db.session.scalar(found)
    scope = Scope(None if row is None else row.facility_id)
    if row is None or not accounts.allowed(by, Permission.VIEW_PATIENTS, scope):
        raise NotFoundError("waitlist_entry", field="object_id")
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, scope)
    return Seen(str(row.public_id), "", row.facility_id, trail=trail)


def _at(number: str, name: str, scope: Scope, span: Span, by: Actor) -> Seen:
    """
    Tell of something about one resource to who sees its calendar.

    :raises NotFoundError: if it is not for this actor's eyes
    """
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, scope):
        raise NotFoundError("object", field="object_id")
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, scope)
    return Seen(number, name, scope.facility_id, span, trail)
