"""What doors read of receipts."""

from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import internal as booking
from app.core.actor import Actor
from app.core.db import db
from app.receipts import rows
from app.receipts.models import Prepayment, Receipt
from app.receipts.views import PrepaymentView, ReceiptView


def one(receipt: UUID, *, by: Actor) -> ReceiptView:
    """
    Give a receipt, to who takes money there.

    :raises NotFoundError: if there is none, or not for this actor's eyes
    """
    row = rows.named(receipt)
    told = booking.seen(row.appointment_id, by)
    accounts.require(by, Permission.TAKE_PAYMENT, booking.scope_of(told))
    return rows.view(row, told)


def of_appointment(appointment: UUID, *, by: Actor) -> list[ReceiptView]:
    """Give what was paid for an appointment, the latest first, the voided ones too."""
    told = booking.seen(appointment, by)
    accounts.require(by, Permission.TAKE_PAYMENT, booking.scope_of(told))
    found = (
        select(Receipt)
        .where(Receipt.appointment_id == told.id)
        .order_by(Receipt.number.desc())
    )
    return [rows.view(row, told) for row in db.session.scalars(found)]


def prepaid(appointment: UUID, *, by: Actor) -> PrepaymentView | None:
    """
    Give what was paid for an appointment before it was booked; nothing, if nothing was.

    :raises NotFoundError: if there is no such appointment, or not for this actor's eyes
    """
    told = booking.seen(appointment, by)
    accounts.require(by, Permission.TAKE_PAYMENT, booking.scope_of(told))
    found = select(Prepayment).where(Prepayment.appointment_id == told.id)
    row = db.session.scalar(found)
    return rows.prepaid(row, told) if row else None
