"""Rows of resources taken for a time, and of what does not fit together."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.booking.kinds import How, Outcome, Trouble
from app.core.db import Instant, Model, SpanType, choice
from app.core.spans import Span

# Written by hand in its migration and pinned by a test: Alembic does not see it change.
NO_TWO_CLAIMS = "ex_booking_resources_one_place"


class BookingResource(Model):
    """
    A claim: a resource, or one unit of it, taken for a span by a booking or a slot.

    `during` is used, `claimed` adds the buffers and is what nobody else may touch.
    `active` says that it takes the place; `current` that it belongs to the present
    arrangement and not to one before a move. `overridden` says that it stands there
    beside others with leave of `override_by`: the constraint leaves it out.
    """

    __tablename__ = "booking_resources"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(appointment_id, token_slot_id) = 1", name="one_owner"
        ),
        CheckConstraint("unit >= 1", name="unit"),
        CheckConstraint("claimed @> during", name="claimed"),
        CheckConstraint(
            "NOT overridden OR num_nonnulls(override_by, override_reason) = 2",
            name="override",
        ),
        Index(
            "ix_booking_resources_overridden",
            "resource_id",
            postgresql_where=text("active AND overridden"),
        ),
        Index("ix_booking_resources_appointment_id", "appointment_id"),
        Index("ix_booking_resources_token_slot_id", "token_slot_id"),
        Index(
            "ix_booking_resources_resource_start", "resource_id", text("lower(during)")
        ),
    )

    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    token_slot_id: Mapped[int | None] = mapped_column(ForeignKey("token_slots.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    unit: Mapped[int]
    during: Mapped[Span] = mapped_column(SpanType)
    claimed: Mapped[Span] = mapped_column(SpanType)
    active: Mapped[bool]
    current: Mapped[bool]
    exclusive: Mapped[bool]
    overridden: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False
    )
    override_by: Mapped[str | None] = mapped_column(String(120))
    override_reason: Mapped[str | None] = mapped_column(String(200))
    how: Mapped[How] = mapped_column(choice(How, "how"))
    assigned_by: Mapped[str] = mapped_column(String(120))
    assigned_at: Mapped[datetime] = mapped_column(Instant)


class ResourceConflict(Model):
    """
    Trouble between an appointment and a resource of it, until somebody solves it.

    The second appointment is the other one in a place for one; maintenance has none.
    """

    __tablename__ = "resource_conflicts"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(resolved_at, resolved_by, resolution)"
            " = CASE status WHEN 'UNRESOLVED' THEN 0 ELSE 3 END",
            name="resolved",
        ),
        Index("ix_resource_conflicts_facility_id", "facility_id", "status"),
        Index("ix_resource_conflicts_appointment1_id", "appointment1_id"),
        Index("ix_resource_conflicts_appointment2_id", "appointment2_id"),
        Index(
            "uq_resource_conflicts_open",
            "type",
            "resource_id",
            "appointment1_id",
            text("COALESCE(appointment2_id, 0)"),
            "during",
            unique=True,
            postgresql_where=text("status = 'UNRESOLVED'"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_kind: Mapped[str] = mapped_column(String(30))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    appointment1_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    appointment2_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    during: Mapped[Span] = mapped_column(SpanType)
    type: Mapped[Trouble] = mapped_column(choice(Trouble, "type"))
    status: Mapped[Outcome] = mapped_column(choice(Outcome, "status"))
    found_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_by: Mapped[str | None] = mapped_column(String(120))
    resolution: Mapped[str | None] = mapped_column(String(200))
