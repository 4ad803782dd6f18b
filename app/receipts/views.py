"""What doors see of receipts."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from app.booking.views import AppointmentView


class Method(StrEnum):
    """How somebody paid."""

    CASH = "cash"
    CARD = "card"
    UPI = "upi"
    CHEQUE = "cheque"
    OTHER = "other"


class NewReceipt(Struct, frozen=True):
    """
    Money taken for an appointment; `id` is the caller's, so that a second click is one.

    `currency` has three letters; without, it is that of the facility's country.
    """

    id: UUID
    appointment_id: UUID
    amount: Decimal
    method: Method
    paid_by: str
    currency: str = ""
    note: str = ""


class ReceiptView(Struct, frozen=True):
    id: UUID
    number: int
    appointment: AppointmentView
    amount: Decimal
    currency: str
    method: Method
    paid_by: str
    note: str
    taken_at: datetime
    taken_by: str
    voided_at: datetime | None
    voided_by: str | None
    void_reason: str | None


class NewPrepayment(Struct, frozen=True):
    """What somebody's app says it was paid for an appointment; `through` names it."""

    appointment_id: UUID
    through: str
    transaction_id: str
    amount: Decimal
    currency: str


class PrepaymentView(Struct, frozen=True):
    """What was paid before; `owed_back` by the app, if the visit is called off."""

    appointment_id: UUID
    through: str
    transaction_id: str
    amount: Decimal
    currency: str
    told_at: datetime
    owed_back: bool
