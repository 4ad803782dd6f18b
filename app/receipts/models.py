import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model, choice
from app.receipts.views import Method


class ReceiptBook(Model):
    """The last number a facility has written; its row is what writers wait for."""

    __tablename__ = "receipt_books"
    __table_args__ = (CheckConstraint("last >= 1", name="last"),)

    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"), unique=True)
    last: Mapped[int]


class Receipt(Model):
    """
    Money taken for an appointment, numbered by the facility without a gap.

    A trigger refuses to delete one, or to change anything but voiding it once.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("facility_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(
            "num_nonnulls(voided_at, voided_by_name, void_reason) IN (0, 3)",
            name="void",
        ),
        Index("ix_receipts_appointment_id", "appointment_id"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    number: Mapped[int]
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("appointments.public_id")
    )
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[Method] = mapped_column(choice(Method, "method"))
    paid_by: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(String(200))
    taken_at: Mapped[datetime] = mapped_column(Instant)
    taken_by: Mapped[str] = mapped_column(String(120))
    taken_by_name: Mapped[str] = mapped_column(String(200))
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    voided_by_name: Mapped[str | None] = mapped_column(String(200))
    void_reason: Mapped[str | None] = mapped_column(String(200))


class Prepayment(Model):
    """
    What was paid for an appointment before it was booked, through somebody's app.

    `through` names the app, `transaction_id` is by what it knows the transfer. A
    trigger refuses to change or delete one.
    """

    __tablename__ = "prepayments"
    __table_args__ = (
        UniqueConstraint("appointment_id"),
        # What was paid once is paid for one visit.
        UniqueConstraint("through", "transaction_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("through <> '' AND transaction_id <> ''", name="named"),
    )

    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("appointments.public_id")
    )
    through: Mapped[str] = mapped_column(String(200))
    transaction_id: Mapped[str] = mapped_column(String(200))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))
    told_at: Mapped[datetime] = mapped_column(Instant)
