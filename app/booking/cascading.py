"""Rows of leave and maintenance over bookings: written, locked, and told."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.booking import eyes, ordering, rows
from app.booking.kinds import Fate, ProposalIs, Task
from app.booking.models import Appointment, Cascade, CascadeItem, Proposal
from app.booking.states import Status
from app.booking.views import (
    AppointmentView,
    CascadeItemView,
    CascadeLine,
    CascadeView,
    ProposalView,
)
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView

MOST = 100


def seen(public_id: UUID, by: Actor) -> Cascade:
    """
    Give the row of a cascade to who may see its calendar.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    row = _row(select(Cascade).where(Cascade.public_id == public_id))
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, scope_of(row)):
        raise NotFoundError("cascade", field="cascade_id")
    return row


def locked(public_id: UUID) -> Cascade:
    """Lock a cascade that is known to be there, and give it as it stands."""
    found = select(Cascade).where(Cascade.public_id == public_id)
    return _row(found.with_for_update())


def scope_of(row: Cascade) -> Scope:
    """Say where an act on this cascade happens."""
    thing = directory.thing(row.resource_id, row.facility_id)
    return Scope(row.facility_id, frozenset({thing}))


def key(public_id: UUID) -> str:
    """Name the lock of a cascade."""
    return f"cascade:{public_id}"


def items(
    row: Cascade, fate: Fate | None = None
) -> list[tuple[CascadeItem, Appointment]]:
    """Give the items of a cascade with their appointments, in order of time."""
    found = (
        select(CascadeItem, Appointment)
        .join(Appointment, Appointment.id == CascadeItem.appointment_id)
        .where(CascadeItem.cascade_id == row.id)
        .order_by(CascadeItem.was, CascadeItem.id)
    )
    if fate is not None:
        found = found.where(CascadeItem.fate == fate)
    return [(item, booking) for item, booking in db.session.execute(found)]


def proposals(
    item_ids: Iterable[int], status: ProposalIs | None = None
) -> list[tuple[Proposal, Appointment]]:
    """Give the proposals of items with what holds each, in the order they were made."""
    found = (
        select(Proposal, Appointment)
        .join(Appointment, Appointment.id == Proposal.hold_id)
        .where(Proposal.item_id.in_(set(item_ids)))
        .order_by(Proposal.id)
    )
    if status is not None:
        found = found.where(Proposal.status == status)
    return [(proposal, hold) for proposal, hold in db.session.execute(found)]


def live(hold: Appointment, now: datetime) -> bool:
    """Say whether a hold still keeps its place."""
    return (
        hold.status is Status.HELD
        and hold.hold_expires_at is not None
        and hold.hold_expires_at > now
    )


def line(what: str, row: Cascade, *, by: Actor, now: datetime, **after: object) -> None:
    """Leave a line about a cascade in the trail."""
    audit.record(
        f"cascade.{what}",
        audit.Subject("cascade", row.public_id, row.facility_id),
        by=by,
        now=now,
        after=after,
    )


def one(public_id: UUID, *, by: Actor, now: datetime) -> CascadeView:
    """
    Give a cascade as it stands; who comes and why, only to who may know.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    return _view(seen(public_id, by), by, now)


def of_facility(
    facility: FacilityView, window: Span, *, by: Actor
) -> list[CascadeLine]:
    """Give the cascades of a facility that touch a window, in order of time."""
    sight = eyes.in_sight(facility, by)
    found = (
        select(Cascade)
        .where(
            Cascade.facility_id == facility.id,
            Cascade.during.bool_op("&&")(window),
        )
        .order_by(func.lower(Cascade.during), Cascade.id)
        .limit(MOST)
    )
    if sight is not None:
        found = found.where(Cascade.resource_id.in_(sight))
    return _lines(db.session.scalars(found).all())


def _row(found: Select[Cascade]) -> Cascade:
    row = db.session.scalar(found)
    if row is None:
        raise NotFoundError("cascade", field="cascade_id")
    return row


def _lines(found: Sequence[Cascade]) -> list[CascadeLine]:
    """Count what became of bookings; none of them is read, however many there are."""
    numbers = [row.id for row in found]
    counts: dict[int, dict[Fate, int]] = defaultdict(dict)
    fates = (
        select(CascadeItem.cascade_id, CascadeItem.fate, func.count())
        .where(CascadeItem.cascade_id.in_(numbers))
        .group_by(CascadeItem.cascade_id, CascadeItem.fate)
    )
    for number, fate, count in db.session.execute(fates):
        counts[number][fate] = count
    heads, work = _heads(found), ordering.work(numbers)
    return [
        CascadeLine(**heads[row.id], counts=counts[row.id], work=work[row.id])
        for row in found
    ]


def _heads(found: Sequence[Cascade]) -> dict[int, dict[str, Any]]:
    posts = _posts({row.resource_id for row in found})
    facilities = directory.facilities({row.facility_id for row in found})
    return {
        row.id: {
            "id": row.public_id,
            "cause": row.cause,
            "facility": facilities[row.facility_id],
            "resource": posts[row.resource_id, row.facility_id],
            "span": row.during,
            "reason": row.reason,
            "made_by": row.made_by_name,
            "made_at": row.made_at,
            "undone_at": row.undone_at,
        }
        for row in found
    }


def _view(row: Cascade, by: Actor, now: datetime) -> CascadeView:
    listed = items(row)
    bookings = rows.views([booking for _, booking in listed])
    told = dict(
        zip(
            (item.id for item, _ in listed),
            eyes.without_names(bookings, by),
            strict=True,
        )
    )
    held: dict[int, list[tuple[Proposal, Appointment]]] = defaultdict(list)
    for proposal, hold in proposals(told):
        held[proposal.item_id].append((proposal, hold))
    used = {item.resource_id for item, _ in listed}
    used |= {each.resource_id for pairs in held.values() for each, _ in pairs}
    posts = _posts(used)
    tasks = ordering.tasks(item for item, _ in listed)
    return CascadeView(
        **_heads([row])[row.id],
        items=tuple(
            _item(item, told[item.id], held[item.id], posts, tasks=tasks, now=now)
            for item, _ in listed
        ),
        work=ordering.work([row.id])[row.id],
    )


_Posts = dict[tuple[int, int], ResourceView]


def _item(
    item: CascadeItem,
    told: AppointmentView,
    held: Sequence[tuple[Proposal, Appointment]],
    posts: _Posts,
    *,
    tasks: Mapping[int, Task],
    now: datetime,
) -> CascadeItemView:
    return CascadeItemView(
        appointment=told,
        resource=posts[item.resource_id, told.facility.id],
        was=item.was,
        policy=item.policy,
        fate=item.fate,
        code=item.code,
        proposals=tuple(
            ProposalView(
                id=proposal.public_id,
                remedy=proposal.remedy,
                resource=posts[proposal.resource_id, told.facility.id],
                span=proposal.during,
                status=proposal.status,
                expires_at=proposal.expires_at,
                held=live(hold, now),
            )
            for proposal, hold in held
            if proposal.status is not ProposalIs.RELEASED
        ),
        ordered=tasks.get(item.order_id) if item.order_id else None,
    )


def _posts(used: Collection[int]) -> _Posts:
    return {(post.id, post.facility_id): post for post in directory.posts_of(used)}
