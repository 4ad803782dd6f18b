"""Receipts as rows, and as what others see of them."""

from uuid import UUID

from sqlalchemy import select

from app.booking.states import FREES_PLACE
from app.booking.views import AppointmentView
from app.core.db import db
from app.core.errors import NotFoundError
from app.receipts.models import Prepayment, Receipt
from app.receipts.views import PrepaymentView, ReceiptView


def named(public_id: UUID) -> Receipt:
    """
    Give a receipt.

    :raises NotFoundError: if there is none
    """
    row = db.session.scalar(select(Receipt).where(Receipt.public_id == public_id))
    if row is None:
        raise NotFoundError("receipt", field="receipt_id")
    return row


def prepaid(row: Prepayment, appointment: AppointmentView) -> PrepaymentView:
    # The first of who takes part is whom it was paid for, whoever joined them since.
    first = appointment.participants
    status = first[0].status if first else appointment.status
    return PrepaymentView(
        appointment_id=appointment.id,
        through=row.through,
        transaction_id=row.transaction_id,
        amount=row.amount,
        currency=row.currency,
        told_at=row.told_at,
        owed_back=status in FREES_PLACE,
    )


def view(row: Receipt, appointment: AppointmentView) -> ReceiptView:
    return ReceiptView(
        id=row.public_id,
        number=row.number,
        appointment=appointment,
        amount=row.amount,
        currency=row.currency,
        method=row.method,
        paid_by=row.paid_by,
        note=row.note,
        taken_at=row.taken_at,
        taken_by=row.taken_by_name,
        voided_at=row.voided_at,
        voided_by=row.voided_by_name,
        void_reason=row.void_reason,
    )
