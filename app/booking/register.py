"""The register of conflicts: written when trouble is found, closed when it is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.booking import ringing
from app.booking.kinds import Outcome, Trouble
from app.booking.models import (
    Appointment,
    BookingResource,
    ResourceConflict,
)
from app.booking.states import LIVE
from app.booking.units import Held
from app.core.actor import Actor
from app.core.db import db
from app.core.spans import Span
from app.directory.views import ResourceView


class Found(Struct, frozen=True):
    """Trouble as it is found: whose booking, with what, when, and with whom."""

    facility_id: int
    resource: ResourceView
    first: int
    second: int | None
    during: Span
    type: Trouble

    @property
    def key(self) -> "Key":
        return self.type, self.resource.id, self.first, self.second, self.during


# What makes an entry another one: type, resource, both appointments, when.
Key = tuple[Trouble, int, int, int | None, Span]


def write(found: Iterable[Found], *, by: Actor, now: datetime) -> int:
    """Put trouble on the list, each once, and ring; tell how much of it is new."""
    rows = {each: _row(each, now) for each in dict.fromkeys(found)}
    if not rows:
        return 0
    made = insert(ResourceConflict).values(list(rows.values())).on_conflict_do_nothing()
    new = set(db.session.scalars(made.returning(ResourceConflict.public_id)))
    ringing.conflicts(
        [each.resource for each, row in rows.items() if row["public_id"] in new],
        by=by,
        now=now,
    )
    return len(new)


def doubled(
    resource: ResourceView,
    claimed: Span,
    appointment_id: int | None,
    rivals: Sequence[Held],
    *,
    why: str,
    by: Actor,
    now: datetime,
) -> None:
    """Write down a double booking that was allowed, once for each rival."""
    if appointment_id is None:
        return
    approved = {
        "status": Outcome.OVERRIDE_APPROVED,
        "resolved_at": now,
        "resolved_by": by.trace,
        "resolution": why,
    }
    owners = _owners([held.id for held in rivals])
    rows = []
    for rival in rivals:
        during = rival.span.meet(claimed)
        if during is None:
            continue
        found = Found(
            facility_id=resource.facility_id,
            resource=resource,
            first=appointment_id,
            second=owners[rival.id],
            during=during,
            type=Trouble.DOUBLE_BOOKING,
        )
        rows.append(_row(found, now) | approved)
    if rows:
        db.session.execute(insert(ResourceConflict).values(rows))


def close(
    appointment_id: int, outcome: Outcome, how: str, *, by: Actor, now: datetime
) -> None:
    """
    Close the open conflicts of an appointment that does not hold their place any more.

    Whatever it holds still keeps its conflict open.
    """
    mine = (ResourceConflict.appointment1_id == appointment_id) | (
        ResourceConflict.appointment2_id == appointment_id
    )
    holds = select(BookingResource.id).where(
        BookingResource.appointment_id == appointment_id,
        BookingResource.active,
        BookingResource.resource_id == ResourceConflict.resource_id,
        BookingResource.claimed.bool_op("&&")(ResourceConflict.during),
    )
    # A token holds its slot's resource through the slot.
    sits = select(Appointment.id).where(
        Appointment.id == appointment_id,
        Appointment.token_slot_id.is_not(None),
        Appointment.status.in_(LIVE),
        Appointment.resource_id == ResourceConflict.resource_id,
        Appointment.during.bool_op("&&")(ResourceConflict.during),
    )
    db.session.execute(
        update(ResourceConflict)
        .where(
            mine,
            ResourceConflict.status == Outcome.UNRESOLVED,
            ~holds.exists(),
            ~sits.exists(),
        )
        .values(status=outcome, resolved_at=now, resolved_by=by.trace, resolution=how)
        .execution_options(synchronize_session="fetch")
    )


def near(
    appointment_id: int, resource_ids: Iterable[int], during: Span
) -> dict[int, bool]:
    """
    Give the resources with an open conflict of an appointment, or beside its place.

    Of each whether it is about who fits, which may be another one's trouble then. Only
    what may be trouble at present counts, and what it is itself a party to.
    """
    mine = (ResourceConflict.appointment1_id == appointment_id) | (
        ResourceConflict.appointment2_id == appointment_id
    )
    beside = and_(
        ResourceConflict.resource_id.in_(set(resource_ids)),
        ResourceConflict.type == Trouble.CAPACITY_EXCEEDED,
        ResourceConflict.during.bool_op("&&")(during),
    )
    crowded = func.bool_or(ResourceConflict.type != Trouble.MAINTENANCE_OVERLAP)
    found = db.session.execute(
        select(ResourceConflict.resource_id, crowded.label("crowded"))
        .where(ResourceConflict.status == Outcome.UNRESOLVED, or_(mine, beside))
        .group_by(ResourceConflict.resource_id)
    )
    return {row.resource_id: row.crowded for row in found}


def standing(
    resource_ids: Iterable[int], *, now: datetime, shut: Span | None = None
) -> Sequence[ResourceConflict]:
    """
    Give the entries of these resources, open or approved, that are not past.

    With `shut`, only of time within it that is not there.
    """
    wanted = select(ResourceConflict)
    if shut is not None:
        wanted = wanted.where(
            ResourceConflict.type == Trouble.MAINTENANCE_OVERLAP,
            ResourceConflict.during.bool_op("&&")(shut),
        )
    return db.session.scalars(
        wanted.where(
            ResourceConflict.resource_id.in_(set(resource_ids)),
            ResourceConflict.type != Trouble.DOUBLE_BOOKING,
            ResourceConflict.status.in_(
                [Outcome.UNRESOLVED, Outcome.OVERRIDE_APPROVED]
            ),
            func.upper(ResourceConflict.during) > now,
        ).order_by(ResourceConflict.id)
    ).all()


def key(row: ResourceConflict) -> Key:
    """Name the trouble an entry is about."""
    return (
        row.type,
        row.resource_id,
        row.appointment1_id,
        row.appointment2_id,
        row.during,
    )


def explains(row: ResourceConflict, found: Found) -> bool:
    """Say whether what was approved is about that trouble already."""
    parties = {row.appointment1_id, row.appointment2_id}
    same = row.appointment1_id == found.first or parties == {found.first, found.second}
    return (
        same
        and row.type is found.type
        and row.resource_id == found.resource.id
        and row.during.overlaps(found.during)
    )


def lift(
    ids: Sequence[int], outcome: Outcome, how: str, *, by: Actor, now: datetime
) -> None:
    """Close entries whose trouble is over though nobody left."""
    if not ids:
        return
    db.session.execute(
        update(ResourceConflict)
        .where(
            ResourceConflict.id.in_(ids),
            ResourceConflict.status == Outcome.UNRESOLVED,
        )
        .values(status=outcome, resolved_at=now, resolved_by=by.trace, resolution=how)
        .execution_options(synchronize_session="fetch")
    )


def _owners(claim_ids: Sequence[int]) -> dict[int, int | None]:
    """Tell each claim's appointment; a token slot's claim has none of its own."""
    rows = db.session.execute(
        select(BookingResource.id, BookingResource.appointment_id).where(
            BookingResource.id.in_(claim_ids)
        )
    )
    return {row.id: row.appointment_id for row in rows}


def _row(found: Found, now: datetime) -> dict[str, object]:
    return {
        "public_id": uuid4(),
        "facility_id": found.facility_id,
        "resource_kind": found.resource.kind.value,
        "resource_id": found.resource.id,
        "appointment1_id": found.first,
        "appointment2_id": found.second,
        "during": found.during,
        "type": found.type,
        "status": Outcome.UNRESOLVED,
        "found_at": now,
        "resolved_at": None,
        "resolved_by": None,
        "resolution": None,
    }
