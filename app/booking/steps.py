"""Steps of leave over bookings: one is moved as chosen, or back to where it was."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.availability import internal as availability
from app.booking import assigning, cascading, moving, remedying, rows
from app.booking.errors import StatusError
from app.booking.kinds import Fate, Kind, ProposalIs
from app.booking.models import Appointment, Cascade, CascadeItem, Proposal
from app.booking.rules.case import Judges
from app.booking.views import AppointmentView, NewPlace, Want
from app.core.actor import Actor
from app.core.db import db, savepoint
from app.core.errors import BusyError, DomainError, NotFoundError
from app.core.spans import Span
from app.directory import internal as directory


@contextmanager
def attempt(item: CascadeItem) -> Iterator[None]:
    """Undo the block when it is refused, and write down on the item why."""
    try:
        with savepoint():
            yield
    except BusyError:
        raise
    except DomainError as refused:
        db.session.expire_all()
        item.code = refused.code


def take(
    item: CascadeItem,
    appointment: UUID,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Let what is held go and take what was chosen in the same step: the locks keep it.

    The other proposals are free for everybody again. A proposal that is held is had;
    one that has lapsed, if it is still free.
    """
    with attempt(item):
        open_ = cascading.proposals([item.id], ProposalIs.OPEN)
        chosen = next((p for p in open_ if p[0].public_id == item.chosen), None)
        if chosen is None:
            raise NotFoundError("proposal", field="proposal_id")
        booking = rows.for_change(appointment, None, keys)
        remedying.check_still_there(item, booking)
        proposal, hold = chosen
        held = cascading.live(hold, now)
        remedying.let_go(open_, now=now)
        told = rows.seen(appointment, by)
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


def go_back(
    row: Cascade,
    item: CascadeItem,
    appointment: UUID,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Move one appointment back to where it was, or write down why not.

    The leave stands until all are back: nobody else takes their places before.
    """
    [(taken, _)] = cascading.proposals([item.id], ProposalIs.TAKEN)
    with attempt(item), availability.lifted(row.sources, now=now):
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
