import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Numeric,
    String,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model, choice
from beckn.terms import Terms


class NetworkOrder(Model):
    """
    What one transaction of a buyer became: a hold, and after that an order with an id.

    `asked` is who comes and who pays, as the buyer wrote it; the price and the terms
    are those that were quoted, and `fulfilment` is the place that was confirmed.
    `state_at` is since when the visit is in its state, `changed_at` when anything of
    the order changed. The three of cancelling are set if it was called off by the
    buyer, or by the patient elsewhere. Who comes and pays is gone from what is
    redacted, and what they said of cancelling. `form_id` opens the form on which who
    comes says so, and names what they handed in.
    """

    __tablename__ = "beckn_orders"
    __table_args__ = (
        # However often it is confirmed, a transaction is one order.
        UniqueConstraint("bap_id", "transaction_id"),
        UniqueConstraint("order_id"),
        UniqueConstraint("appointment_id"),
        UniqueConstraint("form_id"),
        CheckConstraint(
            "(order_id IS NULL) = (confirmed_at IS NULL)", name="confirmed"
        ),
        CheckConstraint(
            "num_nonnulls(cancelled_at, cancel_reason, cancel_words) IN (0, 3)"
            " AND (cancelled_at IS NULL OR confirmed_at IS NOT NULL)",
            name="cancelled",
        ),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
    )

    bap_id: Mapped[str] = mapped_column(String(200))
    transaction_id: Mapped[str] = mapped_column(String(200))
    order_id: Mapped[str | None] = mapped_column(String(30))
    fulfilment: Mapped[str | None] = mapped_column(String(72))
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("appointments.public_id")
    )
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))
    terms: Mapped[Terms] = mapped_column(
        choice(Terms, "terms"), server_default=Terms.DESK, default=Terms.DESK
    )
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    state_at: Mapped[datetime] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    cancel_reason: Mapped[str | None] = mapped_column(String(10))
    cancel_words: Mapped[str | None] = mapped_column(String(200))
    redacted_at: Mapped[datetime | None] = mapped_column(Instant)
    form_id: Mapped[uuid.UUID] = mapped_column(
        default=uuid.uuid4, server_default=func.gen_random_uuid()
    )
    filled_at: Mapped[datetime | None] = mapped_column(Instant)
