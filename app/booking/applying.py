"""Acts on what was proposed: move the chosen ones, or take the whole thing back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.availability import internal as availability
from app.booking import (
    assigning,
    cascading,
    guard,
    moving,
    offering,
    remedying,
    rows,
    unplaced,
)
from app.booking.errors import StatusError
from app.booking.kinds import Cause, Fate, Kind, ProposalIs
from app.booking.models import Appointment, Cascade, CascadeItem, Proposal
from app.booking.rules.case import Judges
from app.booking.views import (
    Applied,
    AppliedView,
    AppointmentView,
    CascadeView,
    Chosen,
    NewPlace,
    Once,
    Want,
)
from app.core.actor import Actor
from app.core.db import db, savepoint
from app.core.errors import BusyError, DomainError, InputError
from app.core.spans import Span
from app.directory import internal as directory

# Their locks are held until all are moved, and who waits gives up after ten seconds.
MOST = 100


def apply_proposals(
    cascade: UUID,
    chosen: Sequence[Chosen],
    *,
    by: Actor,
    now: datetime,
    once: Once | None = None,
) -> AppliedView:
    """
    Move each appointment to the proposal chosen for it, and let its others go.

    All in one step, each with a result of its own: what cannot be moved stays, and says
    why. A proposal that is held is had; one that has lapsed, if it is still free.

    :raises InputError: if an appointment is named twice, or there are too many
    :raises NotFoundError: if there is no such cascade
    :raises StatusError: if it has been undone
    """
    named = {each.appointment_id for each in chosen}
    if not 1 <= len(chosen) <= MOST:
        raise InputError(field="choices", reason="between", least=1, most=MOST)
    if len(named) < len(chosen):
        raise InputError(field="choices", reason="booking_twice")
    accounts.require(
        by, Permission.MODIFY, cascading.scope_of(cascading.seen(cascade, by))
    )
    keys = remedying.keys_of(cascade, named, by)
    with guard.acting(keys, cascade, by=by, now=now, once=once) as before:
        if before is None:
            row = cascading.locked(cascade)
            if row.undone_at is not None:
                raise StatusError(status="undone", wanted="applied")
            with offering.at_the_end(by=by, now=now):
                for each in chosen:
                    _apply(row, each, keys, by=by, now=now)
            results = _results(row, chosen)
            cascading.line("applied", row, by=by, now=now, **_counted(results))
    row = cascading.seen(cascade, by)
    told = cascading.one(cascade, by=by, now=now)
    return AppliedView(told, tuple(_results(row, chosen)))


def undo_cascade(cascade: UUID, *, by: Actor, now: datetime) -> CascadeView:
    """
    Take leave or maintenance back: what was moved returns where its place is free.

    So does who was put on the rebooking list and waits there still.
    What cannot return stays where it is now and says why. Doing it twice changes
    nothing.

    :raises NotFoundError: if there is no such cascade
    """
    seen = cascading.seen(cascade, by)
    accounts.require(by, Permission.MANAGE_SCHEDULES, cascading.scope_of(seen))
    affected = {booking.public_id for _, booking in cascading.items(seen)}
    was = directory.public_ids(
        {seen.resource_id, *(i.was_resource_id for i, _ in cascading.items(seen))}
    )
    keys = [*remedying.keys_of(cascade, affected, by), *guard.keys_of(was)]
    with guard.acting(keys, cascade, by=by, now=now):
        row = cascading.locked(cascade)
        if row.undone_at is None:
            _undo(row, keys, by=by, now=now)
    return cascading.one(cascade, by=by, now=now)


def _undo(row: Cascade, keys: Sequence[str], *, by: Actor, now: datetime) -> None:
    row.undone_at, row.undone_by = now, by.key
    if row.cause is Cause.LEAVE:
        availability.back_on_duty(row.sources, by=by, now=now)
    else:
        availability.back_in_service(row.sources, by=by, now=now)
    every = [item.id for item, _ in cascading.items(row)]
    remedying.let_go(cascading.proposals(every, ProposalIs.OPEN), now=now)
    with offering.at_the_end(by=by, now=now):
        for item, booking in cascading.items(row, Fate.MOVED):
            _go_back(item, booking.public_id, keys, by=by, now=now)
        for item, booking in cascading.items(row, Fate.LISTED):
            unplaced.come_back(item, booking.public_id, keys, by=by, now=now)
    gone = (Fate.MOVED, Fate.LISTED)
    codes = [item.code for fate in gone for item, _ in cascading.items(row, fate)]
    back = len(cascading.items(row, Fate.RETURNED))
    cascading.line("undone", row, by=by, now=now, returned=back, stay=codes)


def _apply(
    row: Cascade, chosen: Chosen, keys: Sequence[str], *, by: Actor, now: datetime
) -> None:
    """Move one appointment, or write down why not."""
    item = remedying.item_of(row, chosen.appointment_id)
    if item is None or item.fate is not Fate.WAITING:
        return
    open_ = cascading.proposals([item.id], ProposalIs.OPEN)
    if chosen.proposal_id not in {proposal.public_id for proposal, _ in open_}:
        item.code = "not_found"
        return
    try:
        with savepoint():
            _take(item, open_, chosen, keys, by=by, now=now)
    except BusyError:
        raise
    except DomainError as refused:
        db.session.expire_all()
        item.code = refused.code


def _take(
    item: CascadeItem,
    open_: Sequence[tuple[Proposal, Appointment]],
    chosen: Chosen,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Let what is held go and take what was chosen in the same step: the locks keep it.

    The other proposals are free for everybody again.
    """
    booking = rows.for_change(chosen.appointment_id, None, keys)
    remedying.check_still_there(item, booking)
    proposal, hold = next(p for p in open_ if p[0].public_id == chosen.proposal_id)
    held = cascading.live(hold, now)
    remedying.let_go(open_, now=now)
    told = rows.seen(chosen.appointment_id, by)
    accounts.require(by, Permission.MODIFY, rows.scope_of(told))
    (to,) = directory.public_ids([proposal.resource_id])
    if _is_swap(item, proposal, told):
        _swap(booking, told, item.resource_id, to, by=by, now=now)
    else:
        place = _place(told, proposal.during, to)
        sides = (Judges.PATIENT,) if held else (Judges.PLACE, Judges.PATIENT)
        moving.carry(booking, place, None, by=by, now=now, sides=sides)
    proposal.status = ProposalIs.TAKEN
    item.fate, item.code = Fate.MOVED, None
    db.session.flush()


def _go_back(
    item: CascadeItem,
    appointment: UUID,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Move one appointment back to where it was, or write down why not."""
    [(taken, _)] = cascading.proposals([item.id], ProposalIs.TAKEN)
    try:
        with savepoint():
            booking = rows.for_change(appointment, None, keys)
            told = rows.seen(appointment, by)
            _check_where(taken, item, told)
            (was,) = directory.public_ids([item.was_resource_id])
            if _is_swap(item, taken, told):
                (lacking,) = directory.public_ids([item.resource_id])
                accounts.require(by, Permission.MODIFY, rows.scope_of(told))
                _swap(booking, told, taken.resource_id, lacking, by=by, now=now)
            else:
                place = _place(told, item.was, was)
                # It had that place: no rule is asked a second time.
                moving.carry(booking, place, None, by=by, now=now, sides=())
            item.fate, item.code = Fate.RETURNED, None
            db.session.flush()
    except BusyError:
        raise
    except DomainError as refused:
        db.session.expire_all()
        item.code = refused.code


def _swap(
    booking: Appointment,
    told: AppointmentView,
    leaves: int,
    comes: UUID,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Give an appointment one resource instead of another, for the same part of it."""
    wanted = [
        Want(comes if used.id == leaves else used.public_id, claim.during)
        for claim in told.resources
        for used in [claim.resource]
    ]
    assigning.rearrange(booking, told, wanted, None, by=by, now=now)


def _place(told: AppointmentView, span: Span, resource: UUID) -> NewPlace:
    """Name a place; a token's slot has its own end."""
    end = span.end if told.kind is Kind.TIMED else None
    return NewPlace(span.start, end, resource)


def _is_swap(item: CascadeItem, proposal: Proposal, told: AppointmentView) -> bool:
    """Say whether a proposal gives another room or machine at the same time."""
    return told.resource.id not in {item.resource_id, proposal.resource_id}


def _check_where(taken: Proposal, item: CascadeItem, told: AppointmentView) -> None:
    """Leave alone what somebody has changed since it was moved."""
    if _is_swap(item, taken, told):
        used = {claim.resource.id for claim in told.resources}
        there = taken.resource_id in used and told.span == item.was
    else:
        there = (told.resource.id, told.span) == (taken.resource_id, taken.during)
    if not there:
        raise StatusError(status="moved", wanted="returned")


def _results(row: Cascade, chosen: Sequence[Chosen]) -> list[Applied]:
    """Tell what came of each choice, now or the first time it was made."""
    items = {booking.public_id: item for item, booking in cascading.items(row)}
    numbers = [each.id for each in items.values()]
    taken = {
        proposal.item_id: proposal.public_id
        for proposal, _ in cascading.proposals(numbers, ProposalIs.TAKEN)
    }
    return [_result(each, items.get(each.appointment_id), taken) for each in chosen]


def _result(
    chosen: Chosen, item: CascadeItem | None, taken: Mapping[int, UUID]
) -> Applied:
    moved, code = False, "not_found"
    if item is not None:
        there = item.fate is Fate.MOVED and taken.get(item.id) == chosen.proposal_id
        moved, code = there, (item.code or "status")
    return Applied(
        chosen.appointment_id, chosen.proposal_id, moved, None if moved else code
    )


def _counted(results: Sequence[Applied]) -> dict[str, object]:
    return {
        "moved": sum(each.moved for each in results),
        "refused": [each.code for each in results if each.code],
    }
