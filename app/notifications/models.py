"""Rows of the notifications room; no other room names them."""

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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.permissions import Role
from app.core.db import Instant, Model, choice
from app.notifications.kinds import About, Channel, Rung, Sending, Told


class Message(Model):
    """
    Something one recipient is to be told, written in the act it tells of.

    The recipient is a patient, a user, or whoever has a role at the facility. `data` is
    what the words need, never a finished sentence: the language is known when it is
    sent. `dedup_key` keeps the same thing from being told twice to the same recipient.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(patient_id, user_id, role) = 1", name="one_recipient"
        ),
        Index("ix_messages_appointment_id", "appointment_id"),
        Index(
            "ix_messages_user_id",
            "user_id",
            postgresql_where=text("user_id IS NOT NULL"),
        ),
        Index(
            "ix_messages_role",
            "facility_id",
            "role",
            postgresql_where=text("role IS NOT NULL"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    # By its public id: whoever writes in the same transaction knows no other.
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("appointments.public_id")
    )
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role | None] = mapped_column(choice(Role, "role"))
    kind: Mapped[Told] = mapped_column(choice(Told, "kind"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    status: Mapped[Sending] = mapped_column(choice(Sending, "status"))
    dedup_key: Mapped[str] = mapped_column(String(160), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Notice(Model):
    """
    Something the bell tells one user, written in the act it tells of.

    `data` is what the words need. An appointment or a queue is named by its public id;
    hours and conflicts are found by what `data` holds.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("user_id", "dedup_key"),
        CheckConstraint(
            "(about IN ('appointment', 'queue')) = (about_id IS NOT NULL)",
            name="about_id",
        ),
        CheckConstraint("read_at >= created_at", name="read_at"),
        Index("ix_notices_user_id", "user_id", text("id DESC")),
        Index("ix_notices_unread", "user_id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notices_created_at", "created_at"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    kind: Mapped[Rung] = mapped_column(choice(Rung, "kind"))
    about: Mapped[About] = mapped_column(choice(About, "about"))
    about_id: Mapped[uuid.UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    dedup_key: Mapped[str] = mapped_column(String(160))
    created_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
