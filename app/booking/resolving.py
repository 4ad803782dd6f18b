"""Acts on conflicts: give the appointment another resource, approve it, cancel it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.booking import assigning, conflicts, ending, entries, guard, rows
from app.booking.errors import StatusError
from app.booking.kinds import Outcome
from app.booking.models import Appointment, ResourceConflict
from app.booking.states import Status
from app.booking.views import ConflictView, Want
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError, NotFoundError
from app.core.text import clean
from app.directory import internal as directory


def reassign_conflict(
    conflict: UUID, to: UUID, *, by: Actor, now: datetime
) -> ConflictView:
    """
    Solve a conflict by giving its appointment another resource instead.

    :raises InputError: if it is about whom the appointment is with: that is a move
    :raises NotOfferedError: if the other resource is not offered then
    :raises SlotTakenError: if the other resource is taken then
    :raises StatusError: if it is solved already
    """
    appointment = _appointment_of(conflict)
    keys = [*rows.lock_keys(appointment), *guard.keys_of([to])]
    with guard.acting(keys, appointment, by=by, now=now):
        row = _open(conflict, by=by)
        booking = rows.for_change(appointment, None, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.MODIFY, rows.scope_of(told))
        if row.resource_id == told.resource.id:
            raise InputError(field="resource_id", reason="principal")
        wanted = [
            Want(to if used.id == row.resource_id else used.public_id, claim.during)
            for claim in told.resources
            for used in [claim.resource]
        ]
        assigning.rearrange(booking, told, wanted, None, by=by, now=now)
        return entries.one(conflict)


def approve_conflict(
    conflict: UUID, reason: str, *, by: Actor, now: datetime
) -> ConflictView:
    """
    Let a conflict stand, for a reason.

    :raises InputError: if no reason is given
    :raises StatusError: if it is solved already
    """
    why = clean(reason, field="reason", least=1, most=200)
    appointment = _appointment_of(conflict)
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        row = _open(conflict, by=by)
        accounts.require(by, Permission.OVERRIDE, _scope(row))
        row.status, row.resolved_at = Outcome.OVERRIDE_APPROVED, now
        row.resolved_by, row.resolution = by.trace, why
        db.session.flush()
        audit.record(
            "conflict.approved",
            audit.Subject("conflict", conflict, row.facility_id),
            by=by,
            now=now,
            before={"status": Outcome.UNRESOLVED},
            after={"status": row.status, "reason": why},
        )
        return entries.one(conflict)


def reopen_conflict(conflict: UUID, *, by: Actor, now: datetime) -> ConflictView:
    """
    Take back that a conflict may stand; it is open again if it is a trouble still.

    :raises StatusError: if it is not approved
    """
    appointment = _appointment_of(conflict)
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        row = _locked(conflict, by=by)
        accounts.require(by, Permission.OVERRIDE, _scope(row))
        if row.status is not Outcome.OVERRIDE_APPROVED:
            raise StatusError(status=row.status.value, wanted="reopened")
        before = {"status": row.status, "reason": row.resolution}
        row.status, row.resolved_at = Outcome.UNRESOLVED, None
        row.resolved_by, row.resolution = None, None
        db.session.flush()
        audit.record(
            "conflict.reopened",
            audit.Subject("conflict", conflict, row.facility_id),
            by=by,
            now=now,
            before=before,
            after={"status": row.status},
        )
        conflicts.look_again({row.resource_id}, by=by, now=now)
        return entries.one(conflict)


def cancel_conflict(
    conflict: UUID, reason: str, *, by: Actor, now: datetime
) -> ConflictView:
    """
    Solve a conflict by cancelling its first appointment.

    :raises InputError: if no reason is given
    :raises StatusError: if it is solved already, or the appointment cannot be cancelled
    """
    why = clean(reason, field="reason", least=1, most=200)
    appointment = _appointment_of(conflict)
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        _open(conflict, by=by)
        booking = rows.for_change(appointment, None, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.CANCEL, rows.scope_of(told))
        ending.end(booking, told, Status.CANCELLED, why, by=by, now=now)
        return entries.one(conflict)


def _appointment_of(conflict: UUID) -> UUID:
    found = db.session.scalar(
        select(Appointment.public_id)
        .join(ResourceConflict, ResourceConflict.appointment1_id == Appointment.id)
        .where(ResourceConflict.public_id == conflict)
    )
    if found is None:
        raise NotFoundError("conflict", field="conflict_id")
    return found


def _open(conflict: UUID, *, by: Actor) -> ResourceConflict:
    """
    Lock a conflict that is there for this actor's eyes, and not solved.

    :raises NotFoundError: if the actor may not see that calendar
    :raises StatusError: if it is solved already
    """
    row = _locked(conflict, by=by)
    if row.status is not Outcome.UNRESOLVED:
        raise StatusError(status=row.status.value, wanted="resolved")
    return row


def _locked(conflict: UUID, *, by: Actor) -> ResourceConflict:
    found = select(ResourceConflict).where(ResourceConflict.public_id == conflict)
    row = db.session.scalars(found.with_for_update()).one()
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, _scope(row)):
        raise NotFoundError("conflict", field="conflict_id")
    return row


def _scope(row: ResourceConflict) -> Scope:
    thing = directory.thing(row.resource_id, row.facility_id)
    return Scope(row.facility_id, frozenset({thing}))
