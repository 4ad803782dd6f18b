from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model


class AuditEvent(Model):
    """
    One write: who did what to which object, and how it looked before and after.

    The table is append-only; triggers in its migration refuse every other statement.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_object", "object_kind", "object_id", text("id DESC")),
        Index("ix_audit_events_actor", "actor", text("id DESC")),
        Index("ix_audit_events_at", "at"),
    )

    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(120))
    actor_name: Mapped[str] = mapped_column(String(200))
    on_behalf_of: Mapped[str | None] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(120))
    facility_id: Mapped[int | None] = mapped_column(BigInteger)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    request_id: Mapped[str] = mapped_column(String(64), server_default="")


class Comment(Model):
    """What somebody said about an object; append-only like the trail."""

    __tablename__ = "comments"
    __table_args__ = (
        UniqueConstraint("actor", "once"),
        Index("ix_comments_object", "object_kind", "object_id", text("id DESC")),
    )

    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(120))
    actor_name: Mapped[str] = mapped_column(String(200))
    on_behalf_of: Mapped[str | None] = mapped_column(String(200))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(1000))
    once: Mapped[str | None] = mapped_column(String(100))
