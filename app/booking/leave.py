"""Acts that take a resource away from its bookings, and hold other places for them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.availability import internal as availability
from app.availability.views import NewException, NewMaintenance
from app.booking import cascading, events, guard, remedying, rows, withdrawing, working
from app.booking.impact import Stranded, impact
from app.booking.kinds import Cause, Fate, Policy
from app.booking.models import Appointment, Cascade, CascadeItem
from app.booking.states import Status
from app.booking.views import Absence, AppointmentView, CascadeView, Handling
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError
from app.core.spans import Span, subtract
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


def mark_absent(absence: Absence, *, by: Actor, now: datetime) -> CascadeView:
    """
    Let somebody be away, list whom it meets, and hold other places for them.

    What is going on stays, and what is only offered to who waits is withdrawn. The
    leave stands as soon as it is written; the places are
    held one booking after another, so that nobody's calendar is locked for long.

    :raises InputError: if it ends before it starts, or has ended
    """
    start = absence.starts_at or now
    if absence.ends_at <= max(start, now):
        raise InputError(field="ends_at", reason="before_start")
    during = Span(start, absence.ends_at)
    change = NewException(
        facility_id=None if absence.everywhere else absence.facility_id,
        resource_id=absence.resource_id,
        is_available=False,
        during=during,
        reason=absence.reason,
    )
    fresh, keys = uuid4(), _keys(absence.resource_id)
    with guard.acting(keys, fresh, by=by, now=now, once=absence.once) as before:
        if before is None:
            facility, resource = _whose(absence.facility_id, absence.resource_id)
            struck = impact(change, by=by, now=now)
            withdrawing.withdraw(struck, keys, by=by, now=now)
            row = _row(fresh, Cause.LEAVE, facility, resource, by=by, now=now)
            row.during, row.reason = during, absence.reason
            row.sources = [availability.away(change, by=by, now=now)]
            _write(row, struck, Handling(Policy.MOVE), by=by, now=now)
    return _held(before or fresh, by=by, now=now)


def plan_maintenance(
    order: NewMaintenance, handling: Handling, *, by: Actor, now: datetime
) -> CascadeView:
    """
    Take a resource out of service, and say of each booking in the way what becomes.

    Around: the maintenance leaves its time out. Move: other places are held for it.
    Notify: it stays, stands on the list of conflicts, and who is concerned is told.
    What is only offered to who waits is no booking: it is withdrawn.

    :raises InputError: if nothing of the maintenance would be left, if it names a
        booking that is not in the way, or repeats in a way that cannot be
    """
    fresh, keys = uuid4(), _keys(order.resource_id)
    with guard.acting(keys, fresh, by=by, now=now, once=handling.once) as before:
        if before is None:
            facility, resource = _whose(order.facility_id, order.resource_id)
            struck = impact(order, by=by, now=now)
            _check_named(handling, struck)
            around = [
                each.span
                for each in struck
                if not each.is_offer
                and handling.of(each.appointment.id) is Policy.AROUND
            ]
            shut = subtract(availability.shut(order, facility), around)
            if not shut:
                raise InputError(field="policy", reason="no_time_left")
            withdrawing.withdraw(struck, keys, by=by, now=now)
            row = _row(fresh, Cause.MAINTENANCE, facility, resource, by=by, now=now)
            row.during, row.reason = Span(shut[0].start, shut[-1].end), order.reason
            row.sources = availability.repair(order, shut, by=by, now=now)
            _write(row, struck, handling, by=by, now=now)
    return _held(before or fresh, by=by, now=now)


def propose(cascade: UUID, *, by: Actor, now: datetime) -> CascadeView:
    """
    Hold other places once more, for whom none is held any longer.

    :raises NotFoundError: if there is no such cascade
    """
    accounts.require(
        by,
        Permission.MANAGE_SCHEDULES,
        cascading.scope_of(cascading.seen(cascade, by)),
    )
    with guard.acting([cascading.key(cascade)], cascade, by=by, now=now):
        row = cascading.locked(cascade)
        if row.undone_at is None:
            remedying.order(row, by=by, now=now)
    return _held(cascade, by=by, now=now)


def _held(cascade: UUID, *, by: Actor, now: datetime) -> CascadeView:
    """Hold places for as many as somebody can wait for; the others follow."""
    working.go_on(cascade, now=now)
    return cascading.one(cascade, by=by, now=now)


def _keys(resource: UUID) -> list[str]:
    """Name the locks of a resource, and of what is offered of it to who waits."""
    return [*guard.keys_of([resource]), *withdrawing.keys(resource)]


def _whose(facility_id: UUID, resource_id: UUID) -> tuple[FacilityView, ResourceView]:
    facility = directory.facility(facility_id)
    return facility, directory.resource(resource_id, facility.id)


def _check_named(handling: Handling, struck: list[Stranded]) -> None:
    met = {each.appointment.id for each in struck if not each.is_offer}
    if not handling.by_booking.keys() <= met:
        raise InputError(field="choices", reason="not_in_the_way")


def _row(
    public_id: UUID,
    cause: Cause,
    facility: FacilityView,
    resource: ResourceView,
    *,
    by: Actor,
    now: datetime,
) -> Cascade:
    return Cascade(
        public_id=public_id,
        facility_id=facility.id,
        resource_id=resource.id,
        cause=cause,
        made_by=by.key,
        made_by_name=by.called,
        made_at=now,
    )


def _write(
    row: Cascade,
    struck: list[Stranded],
    handling: Handling,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Write down whom it meets, and tell who listens."""
    db.session.add(row)
    db.session.flush()
    met = {
        each.appointment.id: each
        for each in struck
        # What goes on stays; what is only held as a proposal is proposed anew.
        if each.appointment.status is not Status.IN_PROGRESS
        and each.appointment.channel != remedying.CHANNEL
    }
    for booking, told in _whole(met):
        each, policy = met[told.id], handling.of(told.id)
        _item(row, booking, told, each, policy)
        if not each.is_offer:
            met_by = (each.resource, each.span, row.cause, policy, row.reason)
            house.emit(events.Affected(row.public_id, told, *met_by, by=by, now=now))
    db.session.flush()
    listed = [each.appointment.reference for each in met.values()]
    cascading.line(
        "begun", row, by=by, now=now, cause=row.cause, during=row.during, met=listed
    )
    remedying.order(row, by=by, now=now)


def _item(
    row: Cascade,
    booking: Appointment,
    told: AppointmentView,
    each: Stranded,
    policy: Policy,
) -> None:
    """Write down one booking, or what was held for the waitlist and is withdrawn."""
    fate = Fate.WAITING if policy is Policy.MOVE else Fate.STAYS
    db.session.add(
        CascadeItem(
            cascade_id=row.id,
            appointment_id=booking.id,
            resource_id=each.resource.id,
            was_resource_id=told.resource.id,
            was=told.span,
            policy=policy,
            fate=Fate.WITHDRAWN if each.is_offer else fate,
        )
    )


def _whole(
    met: Mapping[UUID, Stranded],
) -> list[tuple[Appointment, AppointmentView]]:
    """Read whom it meets with all that belongs to them, whatever the actor may see."""
    found = db.session.scalars(
        select(Appointment)
        .where(Appointment.public_id.in_(met))
        .order_by(Appointment.during, Appointment.id)
    ).all()
    return list(zip(found, rows.views(found), strict=True))
