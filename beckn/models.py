"""What buyers asked, and what they are owed: both outlive every process."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model, choice
from beckn.actions import Action


class Asked(StrEnum):
    """How far a message of a buyer has come; a dead one was answered by an error."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class Owed(StrEnum):
    """
    How far a message to a buyer has come.

    `again` is one that was sent before, and is wanted once more: no other waits for it.
    """

    WAITING = "waiting"
    AGAIN = "again"
    ACKED = "acked"
    REFUSED = "refused"
    DEAD = "dead"


DUE = (Owed.WAITING, Owed.AGAIN)


class Received(Model):
    """
    One message of a buyer that we acknowledged, and the bytes we answered it with.

    `message_id` is by what it is known, as its dialect says. `registered` is the
    buyer's address in the registry. `headers` hold no secrets. The body loses its
    people after a while, its digest stays.
    """

    __tablename__ = "beckn_inbox"
    __table_args__ = (
        # What makes a second copy of a message the same message.
        UniqueConstraint(
            "bap_id",
            "transaction_id",
            "message_id",
            "action",
            name="uq_beckn_inbox_message",
        ),
        CheckConstraint(
            "(state = 'waiting') = (due_at IS NOT NULL)"
            " AND (state = 'waiting') = (done_at IS NULL)",
            name="due",
        ),
        CheckConstraint("state <> 'dead' OR error <> ''", name="dead"),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("length(digest) = 88", name="digest"),
        Index(
            "ix_beckn_inbox_due_at",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ix_beckn_inbox_received_at", "received_at"),
        Index("ix_beckn_inbox_transaction_id", "transaction_id"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    bap_id: Mapped[str] = mapped_column(String(200))
    transaction_id: Mapped[str] = mapped_column(String(200))
    message_id: Mapped[str] = mapped_column(String(200))
    action: Mapped[Action] = mapped_column(choice(Action, "action"))
    gateway_id: Mapped[str] = mapped_column(String(200))
    # The keys that signed it; empty if nobody was asked to, none if it was not kept.
    key_id: Mapped[str | None] = mapped_column(String(200))
    gateway_key_id: Mapped[str | None] = mapped_column(String(200))
    registered: Mapped[str] = mapped_column(String(500))
    digest: Mapped[str] = mapped_column(String(88))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    # When the buyer says it was sent, and when it came.
    sent_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[Asked] = mapped_column(choice(Asked, "state"))
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(server_default="0", default=0)
    error: Mapped[str] = mapped_column(String(500), server_default="", default="")
    redacted_at: Mapped[datetime | None] = mapped_column(Instant)
    # From its arrival until it was written down: nearly all there is to an ACK.
    ack_ms: Mapped[int | None]


class Sent(Model):
    """
    One message to a buyer: the answer to `asked_id`, or our own news if that is null.

    `snapshot` is what it says, without the time; `body` are the very bytes, from the
    first try on. `late_at` is until when the buyer waits for it.
    """

    __tablename__ = "beckn_outbox"
    __table_args__ = (
        UniqueConstraint(
            "bap_id", "transaction_id", "sequence", name="uq_beckn_outbox_sequence"
        ),
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint(
            "(state IN ('waiting', 'again')) = (next_at IS NOT NULL)", name="next"
        ),
        CheckConstraint("state <> 'acked' OR acked_at IS NOT NULL", name="acked"),
        CheckConstraint("state <> 'again' OR body IS NOT NULL", name="again"),
        CheckConstraint(
            "state NOT IN ('refused', 'dead') OR error <> ''", name="error"
        ),
        Index(
            "ix_beckn_outbox_next_at",
            "next_at",
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index("ix_beckn_outbox_asked_id", "asked_id"),
        Index("ix_beckn_outbox_created_at", "created_at"),
        Index("ix_beckn_outbox_transaction_id", "transaction_id"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("beckn_inbox.id"))
    bap_id: Mapped[str] = mapped_column(String(200))
    registered: Mapped[str] = mapped_column(String(500))
    url: Mapped[str] = mapped_column(String(600))
    transaction_id: Mapped[str] = mapped_column(String(200))
    message_id: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(40))
    sequence: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[Owed] = mapped_column(choice(Owed, "state"))
    tries: Mapped[int] = mapped_column(server_default="0", default=0)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    late_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(String(500), server_default="", default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    acked_at: Mapped[datetime | None] = mapped_column(Instant)
    redacted_at: Mapped[datetime | None] = mapped_column(Instant)
