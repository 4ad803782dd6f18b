"""Rows of what gave way to something more urgent, and of who must be booked anew."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.booking.kinds import GaveWay, Rebook, Urgency
from app.core.db import Instant, Model, SpanType, choice
from app.core.spans import Span


class Displacement(Model):
    """Why others gave way to an appointment, and who decided it."""

    __tablename__ = "displacements"
    __table_args__ = (
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index("ix_displacements_facility_id", "facility_id"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    appointment_id: Mapped[int] = mapped_column(
        ForeignKey("appointments.id"), unique=True
    )
    kind: Mapped[Urgency] = mapped_column(choice(Urgency, "kind"))
    reason: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(120))
    made_by_name: Mapped[str] = mapped_column(String(420))
    made_at: Mapped[datetime] = mapped_column(Instant)


class DisplacementSlot(Model):
    """A token slot that was closed for it, even an empty one."""

    __tablename__ = "displacement_slots"
    __table_args__ = (
        Index("ix_displacement_slots_displacement_id", "displacement_id"),
    )

    displacement_id: Mapped[int] = mapped_column(ForeignKey("displacements.id"))
    token_slot_id: Mapped[int] = mapped_column(ForeignKey("token_slots.id"))


class DisplacementEntry(Model):
    """
    An appointment that gave way: where it was, and where it went if it moved.

    Who went on the rebooking list is found there.
    """

    __tablename__ = "displacement_entries"
    __table_args__ = (
        Index("ix_displacement_entries_displacement_id", "displacement_id"),
        Index("ix_displacement_entries_appointment_id", "appointment_id"),
        CheckConstraint(
            "(outcome = 'moved') = (moved_to IS NOT NULL)", name="moved_to"
        ),
    )

    displacement_id: Mapped[int] = mapped_column(ForeignKey("displacements.id"))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    outcome: Mapped[GaveWay] = mapped_column(choice(GaveWay, "outcome"))
    was_during: Mapped[Span] = mapped_column(SpanType)
    was_token: Mapped[str | None] = mapped_column(String(20))
    moved_to: Mapped[Span | None] = mapped_column(SpanType)
    token: Mapped[str | None] = mapped_column(String(20))


class Rebooking(Model):
    """
    Somebody who lost their place and waits for another one.

    `appointment_id` is the one that was called off, `proposal_id` a place held for them
    meanwhile, `booked_id` the one they got.
    """

    __tablename__ = "rebookings"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(resolved_by, resolved_at)"
            " = CASE status WHEN 'open' THEN 0 ELSE 2 END",
            name="resolved",
        ),
        CheckConstraint("(status = 'booked') = (booked_id IS NOT NULL)", name="booked"),
        Index("ix_rebookings_facility_id", "facility_id", "status"),
        Index("ix_rebookings_displacement_id", "displacement_id"),
        # Nobody waits twice for the same place.
        Index(
            "uq_rebookings_open",
            "appointment_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        # One booking settles one entry; their own, taken up again, as often as it is.
        Index(
            "uq_rebookings_booked",
            "booked_id",
            unique=True,
            postgresql_where=text("booked_id <> appointment_id"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    displacement_id: Mapped[int | None] = mapped_column(ForeignKey("displacements.id"))
    status: Mapped[Rebook] = mapped_column(choice(Rebook, "status"))
    reason: Mapped[str] = mapped_column(String(200))
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("appointments.id"), unique=True
    )
    booked_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    listed_by: Mapped[str] = mapped_column(String(120))
    listed_at: Mapped[datetime] = mapped_column(Instant)
    resolved_by: Mapped[str | None] = mapped_column(String(120))
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolution: Mapped[str] = mapped_column(String(200), server_default="", default="")
