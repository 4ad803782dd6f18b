"""The register of conflicts: written when trouble is found, closed when it is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

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


@dataclass(frozen=True, slots=True)
class Found:
    """Trouble as it is found: whose booking, with what, when, and with whom."""

    facility_id: int
    resource: ResourceView
    first: int
    second: int | None
    during: Span
    type: Trouble


def write(found: Iterable[Found], *, now: datetime) -> int:
    """Put trouble on the list, each once; tell how much of it is new."""
    rows = [_row(each, now) for each in dict.fromkeys(found)]
    if not rows:
        return 0
    made = insert(ResourceConflict).values(rows).on_conflict_do_nothing()
    return len(db.session.execute(made.returning(ResourceConflict.id)).all())


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
