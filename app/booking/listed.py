"""Views of displacements and of the rebooking list, in a fixed number of reads."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from app.booking import rows
from app.booking.kinds import Rebook
from app.booking.models import (
    Appointment,
    Displacement,
    DisplacementEntry,
    DisplacementSlot,
    Rebooking,
    TokenSlot,
)
from app.booking.states import Status
from app.booking.views import (
    AppointmentView,
    ClosedSlot,
    DisplacementView,
    RebookingView,
    Yielded,
)
from app.core.db import db
from app.core.errors import NotFoundError
from app.directory import internal as directory

MOST = 200


def one(row: Rebooking) -> RebookingView:
    return many([row])[0]


def many(found: Sequence[Rebooking]) -> list[RebookingView]:
    """Give entries of the list with all that belongs to them."""
    told = _appointments(
        number
        for row in found
        for number in (row.appointment_id, row.proposal_id, row.booked_id)
    )
    return [
        RebookingView(
            id=row.public_id,
            facility=told[row.appointment_id].facility,
            appointment=told[row.appointment_id],
            status=row.status,
            reason=row.reason,
            listed_at=row.listed_at,
            proposal=_held(told.get(row.proposal_id or 0)),
            booked=told.get(row.booked_id or 0),
            resolved_at=row.resolved_at,
            resolution=row.resolution,
        )
        for row in found
    ]


def of_facility(facility_id: int, status: Rebook | None) -> list[RebookingView]:
    """Give the list of a facility, who has waited longest first."""
    found = (
        select(Rebooking)
        .where(Rebooking.facility_id == facility_id)
        .order_by(Rebooking.id)
        .limit(MOST)
    )
    if status is not None:
        found = found.where(Rebooking.status == status)
    return many(db.session.scalars(found).all())


def displacement(public_id: UUID) -> DisplacementView:
    """
    Give one displacement.

    :raises NotFoundError: if there is no such displacement
    """
    row = db.session.scalar(
        select(Displacement).where(Displacement.public_id == public_id)
    )
    if row is None:
        raise NotFoundError("displacement", field="displacement_id")
    return told(row)


def displacement_by(appointment: UUID) -> DisplacementView:
    """Give the displacement that made way for an appointment."""
    found = (
        select(Displacement)
        .join(Appointment, Appointment.id == Displacement.appointment_id)
        .where(Appointment.public_id == appointment)
    )
    return told(db.session.scalars(found).one())


def told(row: Displacement) -> DisplacementView:
    """Give a displacement with what moved and who was listed."""
    entries = db.session.scalars(
        select(DisplacementEntry)
        .where(DisplacementEntry.displacement_id == row.id)
        .order_by(DisplacementEntry.id)
    ).all()
    listed = db.session.scalars(
        select(Rebooking).where(Rebooking.displacement_id == row.id)
    ).all()
    waiting = {
        row.appointment_id: view for row, view in zip(listed, many(listed), strict=True)
    }
    appointments = _appointments(
        [row.appointment_id, *(entry.appointment_id for entry in entries)]
    )
    return DisplacementView(
        id=row.public_id,
        kind=row.kind,
        appointment=appointments[row.appointment_id],
        reason=row.reason,
        made_by=row.made_by_name,
        made_at=row.made_at,
        closed=tuple(_closed(row)),
        entries=tuple(
            Yielded(
                appointment=appointments[entry.appointment_id],
                outcome=entry.outcome,
                was=entry.was_during,
                was_token=entry.was_token,
                to=entry.moved_to,
                token=entry.token,
                rebooking=waiting.get(entry.appointment_id),
            )
            for entry in entries
        ),
    )


def _closed(row: Displacement) -> Iterable[ClosedSlot]:
    slots = db.session.scalars(
        select(TokenSlot)
        .join(DisplacementSlot, DisplacementSlot.token_slot_id == TokenSlot.id)
        .where(DisplacementSlot.displacement_id == row.id)
        .order_by(TokenSlot.during, TokenSlot.resource_id)
    ).all()
    posts = {
        (post.id, post.facility_id): post
        for post in directory.posts_of(slot.resource_id for slot in slots)
    }
    for slot in slots:
        yield ClosedSlot(posts[slot.resource_id, slot.facility_id], slot.during)


def _appointments(numbers: Iterable[int | None]) -> dict[int, AppointmentView]:
    wanted = {number for number in numbers if number is not None}
    found = db.session.scalars(
        select(Appointment).where(Appointment.id.in_(wanted))
    ).all()
    return {row.id: view for row, view in zip(found, rows.views(found), strict=True)}


def _held(proposal: AppointmentView | None) -> AppointmentView | None:
    held = proposal is not None and proposal.status is Status.HELD
    return proposal if held else None
