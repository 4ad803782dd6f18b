"""How every act in a queue begins: one transaction, the queue's lock, permission."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import internal as booking
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.queues import lines, remembering, waiting
from app.queues.errors import EntryStateError, NotPresentError
from app.queues.kinds import Act, EntryIs
from app.queues.lines import Ground
from app.queues.models import Counter, Encounter, Queue, QueueEntry
from app.queues.views import EntryView
from app.queues.waiting import Who


class Here(Struct, frozen=True):
    """Somebody in a queue whose lock is held, and how they stood when it was taken."""

    at: Ground
    entry: QueueEntry
    # Kept, as the session lets go of what nobody holds, and would read it again.
    visit: Encounter
    who: Who
    before: dict[str, Any]

    def remember(self, act: Act, *, by: Actor, now: datetime, **why: Any) -> EntryView:
        """Keep the act, and tell how they stand after it."""
        queue = lines.of(self.entry)
        remembering.remember(queue, self.entry, act, self.before, by=by, now=now, **why)
        return shown(self.entry, self.at, by=by, now=now, who=self.who)


@contextmanager
def on(
    entry_id: UUID,
    permission: Permission,
    *,
    by: Actor,
    states: frozenset[EntryIs] | None = None,
    also: Queue | None = None,
) -> Iterator[Here]:
    """
    Hold the queue somebody is in for one act on them; `also` is held beside it.

    :raises EntryStateError: if they are in none of `states`
    :raises NotFoundError: if there is nobody, or not for this actor's eyes
    """
    with transaction():
        entry, at = found(entry_id, permission, by=by)
        number, queue = entry.id, at.queue
        lines.hold([queue] if also is None else [queue, also])
        # What was read before the lock is forgotten, and read again.
        entry, visit, _, seat = db.session.execute(_HERE, {"number": number}).one()
        lines.still(entry, queue)
        if states is not None and entry.state not in states:
            raise EntryStateError(state=entry.state.value)
        yield here(at, entry, visit, seat)


def here(at: Ground, entry: QueueEntry, visit: Encounter, seat: Sequence[Any]) -> Here:
    """Say how somebody stands before an act, from a row of `STANDS`."""
    before = remembering.snapshot(entry)
    return Here(at, entry, visit, booking.seat(seat), before)


# Somebody under the lock: with their visit, the queue, and their seat.
STANDS = (
    select(QueueEntry, Encounter, Queue, booking.seat_beside(QueueEntry.participant_id))
    .join(Encounter, Encounter.id == QueueEntry.encounter_id)
    .join(Queue, Queue.id == QueueEntry.queue_id)
)
_HERE = STANDS.where(QueueEntry.id == bindparam("number"))


@contextmanager
def in_queue(queue_id: UUID, permission: Permission, *, by: Actor) -> Iterator[Ground]:
    """
    Hold a queue for one act.

    :raises NotFoundError: if there is no such queue, or not for this actor's eyes
    """
    with transaction():
        at = lines.at(queue_id)
        permitted(at, permission, by=by, what="queue", field="queue_id")
        lines.hold([at.queue])
        yield at


def found(
    entry_id: UUID, permission: Permission, *, by: Actor
) -> tuple[QueueEntry, Ground]:
    """
    Give somebody in a queue, and where it is, to who may do that there.

    :raises NotFoundError: if there is nobody, or not for this actor's eyes
    """
    entry, at = lines.stands_at(entry_id)
    permitted(at, permission, by=by, what="queue_entry", field="entry_id")
    return entry, at


def allowed(
    queue: Queue, permission: Permission, *, by: Actor, what: str, field: str
) -> Ground:
    """Give where a queue is to who may do that there."""
    at = lines.ground(queue)
    permitted(at, permission, by=by, what=what, field=field)
    return at


def permitted(
    at: Ground, permission: Permission, *, by: Actor, what: str, field: str
) -> None:
    """
    Let only who may do that there go on.

    :raises NotFoundError: if it is not for this actor's eyes
    """
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, at.scope):
        raise NotFoundError(what, field=field)
    accounts.require(by, permission, at.scope)


def shown(
    entry: QueueEntry, at: Ground, *, by: Actor, now: datetime, who: Who | None = None
) -> EntryView:
    """Tell somebody in a queue, by name to who may know patients."""
    db.session.flush()
    names = accounts.allowed(by, Permission.VIEW_PATIENTS, at.scope)
    zone = at.facility.zone
    return waiting.entry_view(entry, zone, now=now, names=names, who=who)


def counter_of(counter_id: UUID | None, at: Ground) -> Counter | None:
    """
    Give the counter somebody is called to; a doctor's own room needs none.

    :raises NotFoundError: if it is not one of the facility, or not in use
    """
    if counter_id is None:
        return None
    found = db.session.query(Counter).filter_by(public_id=counter_id).one_or_none()
    if found is None or found.facility_id != at.facility.id or not found.active:
        raise NotFoundError("counter", field="counter_id")
    return found


def require_present(entry: QueueEntry) -> None:
    """
    Let nobody be called who has only checked in from afar.

    :raises NotPresentError: if nobody has seen them here
    """
    if entry.present_at is None:
        raise NotPresentError(field="entry_id")
