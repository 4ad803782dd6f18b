"""Acts on the rebooking list: propose a place, book one, strike somebody off."""

from datetime import datetime
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import or_, select, update

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import (
    assignment,
    drafting,
    ending,
    events,
    guard,
    holds,
    listed,
    placing,
    proposing,
    rows,
    telling,
)
from app.booking.errors import (
    HoldLostError,
    StatusError,
)
from app.booking.kinds import Rebook
from app.booking.models import Appointment, Displacement, Rebooking
from app.booking.rules.case import Judges
from app.booking.states import FREES_PLACE, Status
from app.booking.views import (
    AppointmentView,
    NewPlace,
    RebookingView,
)
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import BusyError, NotFoundError
from app.core.text import clean
from app.notifications.kinds import Told


def listen() -> None:
    """Hear of an appointment that is taken up again: nobody waits for it any more."""
    house.subscribe(events.Changed, taken_up)


def put(
    told: AppointmentView,
    why: str,
    displacement: Displacement | None,
    *,
    by: Actor,
    now: datetime,
) -> Rebooking:
    """Put whom an appointment was for on the list."""
    row = Rebooking(
        public_id=uuid4(),
        facility_id=told.facility.id,
        appointment_id=proposing.number(told.id),
        displacement_id=displacement.id if displacement else None,
        status=Rebook.OPEN,
        reason=why,
        listed_by=by.key,
        listed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    proposing.line("listed", row, by=by, now=now, reference=told.reference)
    return row


def waits(booking: Appointment) -> bool:
    """Say whether whom an appointment was for is on the list still."""
    found = select(Rebooking.id).where(
        Rebooking.appointment_id == booking.id, Rebooking.status == Rebook.OPEN
    )
    return db.session.scalar(found) is not None


def propose_rebooking(entry: UUID, *, by: Actor, now: datetime) -> RebookingView:
    """
    Hold another place for somebody on the list; a former proposal is let go.

    :raises NotFoundError: if there is no such entry
    :raises StatusError: if they have their booking, or were struck off
    """
    it = _entry(entry)
    with guard.acting(it.keys, entry, by=by, now=now):
        row, told = _open(it, by=by)
        accounts.require(by, Permission.MODIFY, rows.scope_of(told))
        _let_go(row, it, by=by, now=now)
        proposing.propose(row, told, by=by, now=now)
        return listed.one(row)


def rebook(
    entry: UUID, to: NewPlace | None, *, by: Actor, now: datetime
) -> RebookingView:
    """
    Book the place that is held for somebody on the list, or another one.

    :raises HoldLostError: if nothing is held for them any more
    :raises NotFoundError: if there is no such entry
    :raises NotOfferedError: if the other place is not offered
    :raises RuleError: if a rule forbids it
    :raises SlotFullError: if every token of the slot is given
    :raises SlotTakenError: naming every booking that is in the way
    :raises StatusError: if they have their booking, or were struck off
    """
    it = _entry(entry)
    extra = guard.keys_of([to.resource_id]) if to and to.resource_id else []
    keys = [*it.keys, *extra]
    with guard.acting(keys, entry, by=by, now=now):
        row, told = _open(it, by=by)
        if to is None:
            # The entry hears of it, as when the hold itself is confirmed.
            _keep(it, told, by=by, now=now)
        else:
            _let_go(row, it, by=by, now=now)
            row.booked_id = proposing.number(_book(told, to, by=by, now=now).id)
            _resolve(row, Rebook.BOOKED, "", by=by, now=now)
        return listed.one(row)


def drop_rebooking(
    entry: UUID, reason: str, *, by: Actor, now: datetime
) -> RebookingView:
    """
    Strike somebody off the list with a reason; what was held for them is free again.

    :raises NotFoundError: if there is no such entry
    :raises StatusError: if they have their booking, or were struck off
    """
    why = clean(reason, field="reason", least=1, most=200)
    it = _entry(entry)
    with guard.acting(it.keys, entry, by=by, now=now):
        row, told = _open(it, by=by)
        accounts.require(by, Permission.CANCEL, rows.scope_of(told))
        _let_go(row, it, by=by, now=now)
        _resolve(row, Rebook.CANCELLED, why, by=by, now=now)
        more = {"reason": why}
        telling.write(telling.notes(told, Told.CANCELLED, by=by, more=more), now=now)
        return listed.one(row)


def taken_up(event: events.Changed) -> None:
    """
    Close the entry of who has a place again by another way.

    Their cancelling was taken back, or what was held for them was confirmed.
    """
    told, before = event.appointment, event.before.status
    if told.status not in {Status.SCHEDULED, Status.REQUESTED}:
        return
    if before not in FREES_PLACE and (before, told.channel) != (
        Status.HELD,
        proposing.CHANNEL,
    ):
        return
    number = proposing.number(told.id)
    row = db.session.scalar(
        select(Rebooking)
        .where(
            or_(Rebooking.appointment_id == number, Rebooking.proposal_id == number),
            Rebooking.status == Rebook.OPEN,
        )
        .with_for_update()
    )
    if row is None:
        return
    # Its locks are not held here; a hold that has run out is free without them.
    db.session.execute(
        update(Appointment)
        .where(Appointment.id == row.proposal_id, Appointment.status == Status.HELD)
        .values(hold_expires_at=event.now)
        .execution_options(synchronize_session="fetch")
    )
    row.booked_id = number
    _resolve(row, Rebook.BOOKED, "", by=event.by, now=event.now)


class _Entry(Struct, frozen=True):
    """An entry as it was before the locks: what it is about, and all it touches."""

    id: UUID
    appointment: UUID
    proposal: UUID | None
    keys: list[str]


def _entry(entry: UUID) -> _Entry:
    row = db.session.scalar(select(Rebooking).where(Rebooking.public_id == entry))
    if row is None:
        raise NotFoundError("rebooking", field="rebooking_id")
    numbers = {row.appointment_id, row.proposal_id} - {None}
    found = db.session.execute(
        select(Appointment.id, Appointment.public_id).where(Appointment.id.in_(numbers))
    )
    ids = {each.id: each.public_id for each in found}
    keys = {f"rebooking:{entry}"}
    for each in ids.values():
        keys |= {*rows.lock_keys(each), *assignment.keys_for(each)}
    proposal = ids[row.proposal_id] if row.proposal_id else None
    return _Entry(entry, ids[row.appointment_id], proposal, sorted(keys))


def _open(it: _Entry, *, by: Actor) -> tuple[Rebooking, AppointmentView]:
    """
    Lock an entry that is open, and there for this actor's eyes.

    :raises BusyError: if another place was proposed meanwhile
    """
    found = select(Rebooking).where(Rebooking.public_id == it.id).with_for_update()
    row = db.session.scalars(found).one()
    told = rows.seen(it.appointment, by)
    accounts.require(by, Permission.REQUEST, rows.scope_of(told))
    if row.status is not Rebook.OPEN:
        raise StatusError(status=row.status.value, wanted=Rebook.BOOKED.value)
    if (row.proposal_id is None) != (it.proposal is None) or (
        it.proposal is not None and row.proposal_id != proposing.number(it.proposal)
    ):
        raise BusyError
    return row, told


def _keep(it: _Entry, told: AppointmentView, *, by: Actor, now: datetime) -> None:
    """Turn the held proposal into the booking."""
    if it.proposal is None:
        raise HoldLostError
    booking = rows.for_change(it.proposal, None, it.keys)
    live = booking.hold_expires_at is not None and booking.hold_expires_at > now
    if booking.status is not Status.HELD or not live:
        raise HoldLostError
    who = tuple(each.public_id for each in told.patients)
    holds.keep(booking, rows.one(it.proposal), who, by=by, now=now, along=told.along)


def _book(
    told: AppointmentView, to: NewPlace, *, by: Actor, now: datetime
) -> AppointmentView:
    draft = proposing.draft_at(told, to, by=by, now=now)
    status = drafting.first_status(draft, request=False, by=by)
    placing.judge(draft, (Judges.PLACE, Judges.PATIENT), by=by, now=now)
    return placing.place(draft, status, by=by, now=now)


def _let_go(row: Rebooking, it: _Entry, *, by: Actor, now: datetime) -> None:
    """Free what is held for an entry, if it is held still."""
    if it.proposal is None:
        return
    booking = rows.for_change(it.proposal, None, it.keys)
    if booking.status is Status.HELD:
        before = rows.one(it.proposal)
        ending.end(booking, before, Status.EXPIRED, "", by=by, now=now)
    row.proposal_id = None
    db.session.flush()


def _resolve(row: Rebooking, to: Rebook, why: str, *, by: Actor, now: datetime) -> None:
    row.status, row.resolution = to, why
    row.resolved_by, row.resolved_at = by.key, now
    db.session.flush()
    proposing.line(to.value, row, by=by, now=now, reason=why)
