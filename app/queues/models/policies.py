"""Rows of how a department's queues are ordered."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model, choice
from app.queues.kinds import WalkIns


class QueueLevel(Model):
    """
    How pressing a visit can be, the same everywhere; three ship and stay.

    `minutes` is how much sooner one of the hospital's own makes somebody due, where a
    queue goes by due time; what an urgent visit counts for stands in the policies.
    """

    __tablename__ = "queue_levels"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 0 AND 600", name="minutes"),
        CheckConstraint("active OR code NOT IN ('routine', 'emergency')", name="stays"),
        CheckConstraint(
            "minutes = 0 OR code NOT IN ('routine', 'urgent', 'emergency')",
            name="shipped",
        ),
        Index("uq_queue_levels_name", text("lower(name)"), unique=True),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(
        unique=True, server_default=text("gen_random_uuid()")
    )
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    says: Mapped[str] = mapped_column(String(120))
    minutes: Mapped[int] = mapped_column(server_default="0", default=0)
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class QueuePolicy(Model):
    """
    One version of a policy; the newest of a department holds, else its facility's.

    Saving adds a version and changes none, so what held when can always be read.
    """

    __tablename__ = "queue_policies"
    __table_args__ = (
        Index(
            "uq_queue_policies_version",
            "facility_id",
            text("COALESCE(department_id, 0)"),
            "version",
            unique=True,
        ),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("share BETWEEN 0 AND 100", name="share"),
        CheckConstraint("skip_places BETWEEN 1 AND 50", name="skip_places"),
        CheckConstraint("no_show_minutes BETWEEN 0 AND 1440", name="no_show_minutes"),
        CheckConstraint(
            "long_wait_minutes BETWEEN 1 AND 600"
            " AND too_long_wait_minutes BETWEEN long_wait_minutes AND 600",
            name="waits",
        ),
        CheckConstraint("come_minutes BETWEEN 0 AND 1440", name="come_minutes"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    version: Mapped[int]
    scoring: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    walk_ins: Mapped[WalkIns] = mapped_column(choice(WalkIns, "walk_ins"))
    share: Mapped[int]
    skip_places: Mapped[int]
    no_show_minutes: Mapped[int]
    long_wait_minutes: Mapped[int] = mapped_column(server_default="30")
    too_long_wait_minutes: Mapped[int] = mapped_column(server_default="45")
    come_minutes: Mapped[int] = mapped_column(server_default="1440")
    saved_by: Mapped[str] = mapped_column(String(120))
    saved_by_name: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime] = mapped_column(Instant)
