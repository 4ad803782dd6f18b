"""Acts on bookings that no held place suits: on the rebooking list, and back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import (
    cascading,
    ending,
    guard,
    offering,
    rebooking,
    remedying,
    rows,
    undoing,
)
from app.booking.errors import StatusError
from app.booking.kinds import Fate, ProposalIs
from app.booking.models import Cascade, CascadeItem
from app.booking.states import Status
from app.booking.views import CascadeView
from app.core.actor import Actor
from app.core.db import db, savepoint
from app.core.errors import BusyError, DomainError, InputError

# Patients read it: why somebody is away is told to staff alone.
REASON = "Cannot be then; another time follows"
# Their locks are held until all are listed, as when they are moved.
MOST = 100


def leave_to_list(
    cascade: UUID, appointments: Iterable[UUID], *, by: Actor, now: datetime
) -> CascadeView:
    """
    Call bookings off that meet leave or maintenance, and list them to be booked anew.

    What was held for them is free again. Each has a fate of its own: what cannot be
    listed waits on and says why. Doing it twice changes nothing.

    :raises InputError: if none is named, or too many are
    :raises NotFoundError: if there is no such cascade
    :raises StatusError: if it has been undone
    """
    named = list(dict.fromkeys(appointments))
    if not 1 <= len(named) <= MOST:
        raise InputError(field="choices", reason="between", least=1, most=MOST)
    seen = cascading.seen(cascade, by)
    accounts.require(by, Permission.CANCEL, cascading.scope_of(seen))
    keys = remedying.keys_of(cascade, named, by)
    with guard.acting(keys, cascade, by=by, now=now):
        row = cascading.locked(cascade)
        if row.undone_at is not None:
            raise StatusError(status="undone", wanted="listed")
        with offering.at_the_end(by=by, now=now):
            done = [_list(row, each, keys, by=by, now=now) for each in named]
        if any(done):
            cascading.line("listed", row, by=by, now=now, listed=sum(done))
    return cascading.one(cascade, by=by, now=now)


def come_back(
    item: CascadeItem,
    appointment: UUID,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Take one up again that waits on the list still, or write down why not."""
    try:
        with savepoint():
            booking = rows.for_change(appointment, None, keys)
            told = rows.seen(appointment, by)
            accounts.require(by, Permission.MODIFY, rows.scope_of(told))
            if not rebooking.waits(booking) or item.was.start <= now:
                raise StatusError(status=told.status.value, wanted="returned")
            undoing.bring_back(booking, told, by=by, now=now)
            item.fate, item.code = Fate.RETURNED, None
            db.session.flush()
    except BusyError:
        raise
    except DomainError as refused:
        db.session.expire_all()
        item.code = refused.code


def _list(
    row: Cascade, appointment: UUID, keys: Sequence[str], *, by: Actor, now: datetime
) -> bool:
    """Put one on the list, or write down why not; say whether it was done now."""
    item = remedying.item_of(row, appointment)
    if item is None or item.fate is not Fate.WAITING:
        return False
    try:
        with savepoint():
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
    except BusyError:
        raise
    except DomainError as refused:
        db.session.expire_all()
        item.code = refused.code
        return False
    return True
