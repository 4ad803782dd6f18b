"""Rows of leave and maintenance over bookings: who is affected, and where they go."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from app.booking.kinds import Cause, Fate, Policy, ProposalIs, Remedy, Task
from app.core.db import Instant, Model, SpanType, choice
from app.core.spans import Span


class Cascade(Model):
    """
    Leave or maintenance with all the bookings it meets, until it is undone.

    `sources` are the public ids of the exception or the maintenance it made.
    """

    __tablename__ = "cascades"
    __table_args__ = (
        CheckConstraint("num_nonnulls(undone_at, undone_by) <> 1", name="undone"),
        CheckConstraint("cardinality(sources) >= 1", name="sources"),
        Index("ix_cascades_facility_start", "facility_id", text("lower(during)")),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    cause: Mapped[Cause] = mapped_column(choice(Cause, "cause"))
    during: Mapped[Span] = mapped_column(SpanType)
    reason: Mapped[str] = mapped_column(String(200), server_default="", default="")
    sources: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()))
    made_by: Mapped[str] = mapped_column(String(120))
    made_by_name: Mapped[str] = mapped_column(String(420))
    made_at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[str | None] = mapped_column(String(120))


class CascadeOrder(Model):
    """
    Work that somebody ordered on bookings of a cascade, done one after another.

    `made_by` is the whole actor: the work is done in their name. Of `number` bookings
    it is about, `came` counts what came of it: places held, bookings moved or back.
    """

    __tablename__ = "cascade_orders"
    __table_args__ = (
        CheckConstraint("number >= 0 AND came >= 0", name="counts"),
        Index("ix_cascade_orders_cascade_id", "cascade_id"),
    )

    cascade_id: Mapped[int] = mapped_column(ForeignKey("cascades.id"))
    task: Mapped[Task] = mapped_column(choice(Task, "task"))
    made_by: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(Instant)
    number: Mapped[int]
    came: Mapped[int] = mapped_column(server_default="0", default=0)


class CascadeItem(Model):
    """
    A booking that leave or maintenance meets, and the place it had then.

    `resource_id` is the one that is not there, `was_resource_id` whose list the booking
    stood in. `code` says why it could not be moved, or not go back. While work on it is
    ordered and not done, `order_id` says which, and `chosen` the proposal to take.
    """

    __tablename__ = "cascade_items"
    __table_args__ = (
        UniqueConstraint("cascade_id", "appointment_id"),
        Index("ix_cascade_items_appointment_id", "appointment_id"),
        CheckConstraint("chosen IS NULL OR order_id IS NOT NULL", name="chosen"),
        # What the sweep looks for each minute: nearly always nothing.
        Index(
            "ix_cascade_items_order_id",
            "order_id",
            postgresql_where=text("order_id IS NOT NULL"),
        ),
    )

    cascade_id: Mapped[int] = mapped_column(ForeignKey("cascades.id"))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    was_resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    was: Mapped[Span] = mapped_column(SpanType)
    policy: Mapped[Policy] = mapped_column(choice(Policy, "policy"))
    fate: Mapped[Fate] = mapped_column(choice(Fate, "fate"))
    code: Mapped[str | None] = mapped_column(String(40))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("cascade_orders.id"))
    chosen: Mapped[uuid.UUID | None]


class Proposal(Model):
    """A place held for a booking that cannot stay where it is."""

    __tablename__ = "cascade_proposals"
    __table_args__ = (
        Index(
            "uq_cascade_proposals_open",
            "item_id",
            "remedy",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        # Of all that was proposed one is taken, whoever chooses at the same moment.
        Index(
            "uq_cascade_proposals_taken",
            "item_id",
            unique=True,
            postgresql_where=text("status = 'taken'"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    item_id: Mapped[int] = mapped_column(ForeignKey("cascade_items.id"))
    hold_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"), unique=True)
    remedy: Mapped[Remedy] = mapped_column(choice(Remedy, "remedy"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    during: Mapped[Span] = mapped_column(SpanType)
    status: Mapped[ProposalIs] = mapped_column(choice(ProposalIs, "status"))
    expires_at: Mapped[datetime] = mapped_column(Instant)
