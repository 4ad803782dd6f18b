"""Rows of rules, of what they count, and of keys that make an act happen once."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model


class IdempotencyKey(Model):
    """An act done once: who asked under which key, for what, and what came of it."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        UniqueConstraint("actor", "key"),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )

    actor: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(100))
    fingerprint: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[uuid.UUID]
    created_at: Mapped[datetime] = mapped_column(Instant)


class DailyLoad(Model):
    """
    How many bookings a resource has on a local day: of one type, or of all together.

    `type_id` 0 counts all. Every booking counts, so a limit set later is right at once.
    """

    __tablename__ = "daily_loads"
    __table_args__ = (
        UniqueConstraint("resource_id", "facility_id", "day", "type_id"),
        CheckConstraint("used >= 0", name="used"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    day: Mapped[date]
    type_id: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int]


class RuleSetting(Model):
    """A rule as it is set: its kind, its values, and where it holds."""

    __tablename__ = "rule_settings"
    __table_args__ = (Index("ix_rule_settings_facility_id", "facility_id"),)

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facilities.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("appointment_types.id"))
    position: Mapped[int] = mapped_column(server_default="0", default=0)
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
