"""Acts of a counter on who waits: call, call again, skip, hold, bring back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import internal as booking
from app.booking.states import Status
from app.core import events as house
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import db, table, transaction
from app.queues import (
    acting,
    following,
    lines,
    order,
    policies,
    remembering,
    telling,
    versions,
)
from app.queues.acting import Here
from app.queues.errors import EntryStateError, NobodyWaitsError
from app.queues.events import Called, Delayed
from app.queues.kinds import Act, EntryIs
from app.queues.models import Counter, Queue, QueueEntry
from app.queues.scoring.facts import Part
from app.queues.views import EntryView

_CALLABLE = frozenset(
    {EntryIs.WAITING, EntryIs.CALLED, EntryIs.ON_HOLD, EntryIs.AT_TESTS}
)
_WAITS = frozenset({EntryIs.WAITING, EntryIs.CALLED})


def call_next(
    queue_id: UUID,
    *,
    by: Actor,
    now: datetime,
    counter_id: UUID | None = None,
    finishing: bool = False,
) -> EntryView:
    """
    Call the first who waits and is here; with `finishing`, whoever is inside is done.

    Counters that press at once each get somebody else. A pause ends by calling.

    :raises NobodyWaitsError: if nobody is there to be called
    """
    with transaction():
        at = lines.at(queue_id)
        acting.permitted(at, Permission.CHECK_IN, by=by, what="queue", field="queue_id")
        queue = at.queue
        counter, number = acting.counter_of(counter_id, at), queue.id
        if finishing:
            accounts.require(by, Permission.ATTEND, at.scope)
            _finish(queue, counter, by=by, now=now)
        lines.hold([queue])
        first = _first(number, now)
        if first is None:
            raise NobodyWaitsError(field="queue_id")
        entry, visit, _, seat = first
        here = acting.here(at, entry, visit, seat)
        _resume(queue, by=by, now=now)
        return _call(here, counter, Act.CALL, by=by, now=now)


def call(
    entry_id: UUID, *, by: Actor, now: datetime, counter_id: UUID | None = None
) -> EntryView:
    """
    Call this one, wherever they stand.

    :raises EntryStateError: if they are in the room, or gone
    :raises NotPresentError: if they checked in from afar and were not seen here
    """
    with acting.on(entry_id, Permission.CHECK_IN, by=by, states=_CALLABLE) as here:
        counter = acting.counter_of(counter_id, here.at)
        acting.require_present(here.entry)
        return _call(here, counter, Act.CALL, by=by, now=now)


def recall(entry_id: UUID, *, by: Actor, now: datetime) -> EntryView:
    """
    Call somebody once more, to where they were called.

    :raises EntryStateError: if they are not called
    """
    called = frozenset({EntryIs.CALLED})
    with acting.on(entry_id, Permission.CHECK_IN, by=by, states=called) as here:
        counter = None
        if here.entry.counter_id is not None:
            counter = db.session.get_one(Counter, here.entry.counter_id)
        return _call(here, counter, Act.RECALL, by=by, now=now)


def skip(
    entry_id: UUID, *, by: Actor, now: datetime, seen: int | None = None
) -> EntryView:
    """
    Send who does not answer some places back; the second time they did not show up.

    Who has been in the room and comes back from tests is no no-show: they are held.
    `seen` is how often they were skipped when somebody looked who skips them now.

    :raises EntryStateError: if they neither wait nor are called, or were skipped since
    """
    with transaction():
        entry, at = acting.found(entry_id, Permission.CHECK_IN, by=by)
        if seen is not None and entry.skips != seen:
            raise EntryStateError(state="skipped")
        seat = booking.of_participants([entry.participant_id])[entry.participant_id]
        if entry.state in _WAITS and entry.skips:
            if seat.status is Status.IN_PROGRESS:
                return hold(entry_id, by=by, now=now)
            # Its resources are locked before its queue, as everywhere.
            following.advance(seat, Status.NO_SHOW, by=by, now=now)
            return acting.shown(entry, at, by=by, now=now)
        with acting.on(entry_id, Permission.CHECK_IN, by=by, states=_WAITS) as here:
            if here.entry.skips:
                # Somebody else skipped them just now: once is enough.
                raise EntryStateError(state="skipped")
            _send_back(here, now=now)
            return here.remember(Act.SKIP, by=by, now=now)


def hold(entry_id: UUID, *, by: Actor, now: datetime) -> EntryView:
    """
    Set somebody aside: they keep their place, and are not called until brought back.

    :raises EntryStateError: if they neither wait nor are called
    """
    with acting.on(entry_id, Permission.CHECK_IN, by=by, states=_WAITS) as here:
        here.entry.state, here.entry.counter_id = EntryIs.ON_HOLD, None
        return here.remember(Act.HOLD, by=by, now=now)


def bring_back(entry_id: UUID, *, by: Actor, now: datetime) -> EntryView:
    """
    Let somebody wait again who was set aside or sent for tests, where they stood.

    :raises EntryStateError: if they are not aside
    """
    aside = frozenset({EntryIs.ON_HOLD, EntryIs.AT_TESTS})
    with acting.on(entry_id, Permission.CHECK_IN, by=by, states=aside) as here:
        here.entry.state, here.entry.counter_id = EntryIs.WAITING, None
        here.entry.present_at = here.entry.present_at or now
        return here.remember(Act.BRING_BACK, by=by, now=now)


def _first(number: int, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """
    Give the first who can be called, as they stand, with their row locked.

    Whoever is locked is passed over; but nobody is refused while somebody waits, so
    when all are, it is waited for them.
    """
    named = {"queue_id": number, "now": now}
    for asked in (_UNLOCKED, _READY):
        row = db.session.execute(asked, named).one_or_none()
        if row is not None:
            return row
    return None


_FIRST = (
    acting.STANDS.where(
        QueueEntry.queue_id == bindparam("queue_id"),
        QueueEntry.open,
        QueueEntry.state == EntryIs.WAITING,
        QueueEntry.present_at.is_not(None),
    )
    .order_by(*order.by(versions.NOW))
    .limit(1)
)
_READY = _FIRST.with_for_update(of=QueueEntry)
_UNLOCKED = _FIRST.with_for_update(of=QueueEntry, skip_locked=True)


def _call(
    here: Here, counter: Counter | None, act: Act, *, by: Actor, now: datetime
) -> EntryView:
    entry = here.entry
    changed = {
        "state": EntryIs.CALLED,
        "called_at": now,
        "first_called_at": entry.first_called_at or now,
        "counter_id": counter.id if counter is not None else None,
        "calls": entry.calls + 1,
    }
    _CALL.send({"number": entry.id, **changed})
    for name, value in changed.items():
        set_committed_value(entry, name, value)
    told = here.remember(act, by=by, now=now)
    where = counter.name if counter is not None else None
    house.emit(
        Called(
            told.queue_id,
            entry.public_id,
            told.appointment_id,
            where,
            by=by,
            now=now,
        )
    )
    return told


_ENTRY = table(QueueEntry)
_CALL = Constant(
    update(_ENTRY)
    .where(_ENTRY.c.id == bindparam("number"))
    .values(
        {
            each: bindparam(each, type_=_ENTRY.c[each].type)
            for each in ("state", "called_at", "first_called_at", "counter_id", "calls")
        }
    )
)


def _finish(queue: Queue, counter: Counter | None, *, by: Actor, now: datetime) -> None:
    """Let whoever is in the room of that counter be done."""
    inside = select(QueueEntry.participant_id).where(
        QueueEntry.queue_id == queue.id,
        QueueEntry.state == EntryIs.IN_ROOM,
        QueueEntry.counter_id.is_not_distinct_from(counter.id if counter else None),
    )
    for seat in booking.of_participants(db.session.scalars(inside)).values():
        following.advance(seat, Status.COMPLETED, by=by, now=now)


def _resume(queue: Queue, *, by: Actor, now: datetime) -> None:
    if queue.paused_at is None:
        return
    before = remembering.snapshot_of(queue)
    queue.paused_at, queue.notice = None, ""
    remembering.remember(queue, None, Act.PAUSE, before, by=by, now=now)
    telling.delayed(queue, before, now=now)
    told = Delayed(
        queue.public_id,
        paused=False,
        late_minutes=queue.late_minutes,
        notice="",
        by=by,
        now=now,
    )
    house.emit(told)


def _send_back(here: Here, *, now: datetime) -> None:
    """Let somebody stand just behind the nth who waits after them."""
    entry, at = here.entry, here.at
    places = policies.standing(at.facility.id, at.resource.department_id).skip_places
    behind = db.session.scalars(
        select(QueueEntry)
        .where(
            QueueEntry.queue_id == entry.queue_id,
            QueueEntry.state == EntryIs.WAITING,
            QueueEntry.id != entry.id,
        )
        .order_by(*order.by(now))
    ).all()
    later = [e for e in behind if order.key(e, now) > order.key(entry, now)]
    if later:
        after = later[:places][-1]
        then = later[places] if len(later) > places else None
        order.put_behind(entry, after, then, now)
        skipped = Part("skipped", at=entry.due_at)
        entry.parts = [*entry.parts, skipped.plain()]
        # Who is boosted and not there goes back all the same.
        entry.boost_minutes = entry.boost_by = entry.boost_reason = None
        entry.boost_expires_at = None
    entry.state, entry.counter_id = EntryIs.WAITING, None
    entry.skips += 1
