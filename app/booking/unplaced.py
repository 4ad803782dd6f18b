"""Steps for bookings that no held place suits: on the rebooking list, and back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.availability import internal as availability
from app.booking import cascading, ending, rebooking, remedying, rows, undoing
from app.booking.errors import StatusError
from app.booking.kinds import Fate, ProposalIs
from app.booking.models import Cascade, CascadeItem
from app.booking.states import Status
from app.booking.steps import attempt
from app.core.actor import Actor
from app.core.db import db

# Patients read it: why somebody is away is told to staff alone.
REASON = "Cannot be then; another time follows"


def enlist(
    row: Cascade,
    item: CascadeItem,
    appointment: UUID,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Put one on the list, or write down why not."""
    with attempt(item):
        booking = rows.for_change(appointment, None, keys)
        remedying.check_still_there(item, booking)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.CANCEL, rows.scope_of(told))
        if told.status is not Status.SCHEDULED:
            raise StatusError(status=told.status.value, wanted="listed")
        held = cascading.proposals([item.id], ProposalIs.OPEN)
        remedying.let_go(held, now=now)
        ending.end(booking, told, Status.CANCELLED, REASON, by=by, now=now)
        rebooking.put(told, row.reason or REASON, None, by=by, now=now)
        item.fate, item.code = Fate.LISTED, None
        db.session.flush()


def come_back(
    row: Cascade,
    item: CascadeItem,
    appointment: UUID,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Take one up again that waits on the list still, or write down why not."""
    with attempt(item), availability.lifted(row.sources, now=now):
        booking = rows.for_change(appointment, None, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.MODIFY, rows.scope_of(told))
        if not rebooking.waits(booking) or item.was.start <= now:
            raise StatusError(status=told.status.value, wanted="returned")
        undoing.bring_back(booking, told, by=by, now=now)
        item.fate, item.code = Fate.RETURNED, None
        db.session.flush()
