"""Acts on what was proposed: move the chosen ones, list others, take all of it back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import cascading, guard, ordering, working
from app.booking.errors import StatusError
from app.booking.kinds import Fate, ProposalIs, Task
from app.booking.models import Cascade, CascadeItem
from app.booking.views import Applied, AppliedView, CascadeView, Chosen, Once
from app.core.actor import Actor
from app.core.errors import InputError
from app.directory import internal as directory

# As many as a page of them sends; each is done by itself, and locks nobody for long.
MOST = 1000


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

    Each in a step of its own with a result of its own: what cannot be moved stays, and
    says why; of many, those that are to come are pending. A proposal that is held is
    had; one that has lapsed, if it is still free.

    :raises InputError: if an appointment is named twice, or there are too many
    :raises NotFoundError: if there is no such cascade
    :raises StatusError: if it has been undone
    """
    named = {each.appointment_id for each in chosen}
    _check_number(chosen)
    if len(named) < len(chosen):
        raise InputError(field="choices", reason="booking_twice")
    accounts.require(
        by, Permission.MODIFY, cascading.scope_of(cascading.seen(cascade, by))
    )
    wanted = {each.appointment_id: each.proposal_id for each in chosen}
    keys = [cascading.key(cascade)]
    with guard.acting(keys, cascade, by=by, now=now, once=once) as before:
        if before is None:
            _order(cascade, Task.TAKE, wanted, by=by, now=now)
    working.go_on(cascade, now=now)
    row = cascading.seen(cascade, by)
    told = cascading.one(cascade, by=by, now=now)
    return AppliedView(told, tuple(_results(row, chosen)))


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
    named = dict.fromkeys(appointments)
    _check_number(named)
    seen = cascading.seen(cascade, by)
    accounts.require(by, Permission.CANCEL, cascading.scope_of(seen))
    with guard.acting([cascading.key(cascade)], cascade, by=by, now=now):
        _order(cascade, Task.LIST, named, by=by, now=now)
    working.go_on(cascade, now=now)
    return cascading.one(cascade, by=by, now=now)


def undo_cascade(cascade: UUID, *, by: Actor, now: datetime) -> CascadeView:
    """
    Take leave or maintenance back: what was moved returns where its place is free.

    So does who was put on the rebooking list and waits there still. The leave itself
    stands until the last is back, so that nobody takes their places meanwhile.
    What cannot return stays where it is now and says why. Doing it twice changes
    nothing.

    :raises NotFoundError: if there is no such cascade
    """
    seen = cascading.seen(cascade, by)
    accounts.require(by, Permission.MANAGE_SCHEDULES, cascading.scope_of(seen))
    # With nobody to bring back the leave ends in this same step.
    keys = guard.keys_of(directory.public_ids([seen.resource_id]))
    keys.append(cascading.key(cascade))
    with guard.acting(keys, cascade, by=by, now=now):
        row = cascading.locked(cascade)
        if row.undone_at is None:
            row.undone_at, row.undone_by = now, by.key
            found = cascading.items(row)
            every = {i.id: None for i, _ in found if i.fate is not Fate.WITHDRAWN}
            working.order(row, Task.GIVE_BACK, every, by=by, now=now)
    working.go_on(cascade, now=now)
    return cascading.one(cascade, by=by, now=now)


def _check_number(named: Sequence[Chosen] | Mapping[UUID, None]) -> None:
    if not 1 <= len(named) <= MOST:
        raise InputError(field="choices", reason="between", least=1, most=MOST)


def _order(
    cascade: UUID,
    task: Task,
    named: Mapping[UUID, UUID | None],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Order work on those named that wait to be decided; its lock is held.

    Of two choices for one booking the first holds.
    """
    row = cascading.locked(cascade)
    if row.undone_at is not None:
        wanted = "applied" if task is Task.TAKE else "listed"
        raise StatusError(status="undone", wanted=wanted)
    found = cascading.items(row, Fate.WAITING)
    doing = ordering.tasks(item for item, _ in found)
    wanted_items = {
        item.id: named[booking.public_id]
        for item, booking in found
        if booking.public_id in named
        and doing.get(item.order_id or 0) in {None, Task.HOLD}
    }
    if wanted_items:
        working.order(row, task, wanted_items, by=by, now=now)


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
    moved, code, pending = False, "not_found", False
    if item is not None:
        moved = item.fate is Fate.MOVED and taken.get(item.id) == chosen.proposal_id
        pending = item.chosen == chosen.proposal_id
        code = item.code or "status"
    return Applied(
        chosen.appointment_id,
        chosen.proposal_id,
        moved,
        None if moved or pending else code,
        pending=pending,
    )
