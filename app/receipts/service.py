"""Acts on what is paid: take money, void what was written wrong, note what came."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import internal as booking
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import ConflictError, InputError
from app.core.holding import hold_all
from app.core.regions import currency_of
from app.core.text import clean
from app.receipts import rows
from app.receipts.models import Prepayment, Receipt, ReceiptBook
from app.receipts.views import (
    NewPrepayment,
    NewReceipt,
    PrepaymentView,
    ReceiptView,
)

MOST = Decimal("9999999.99")


class VoidedError(ConflictError):
    code = "receipt_voided"


class ReceiptUsedError(ConflictError):
    code = "receipt_used"


class PrepaymentUsedError(ConflictError):
    code = "prepayment_used"


def take(order: NewReceipt, *, by: Actor, now: datetime) -> ReceiptView:
    """
    Write a receipt for money taken, with the facility's next number.

    The same id again gives the same receipt: a second click takes nothing.

    :raises InputError: if the amount or the currency cannot be right
    :raises NotFoundError: if there is no such appointment, or not for this actor's eyes
    :raises ReceiptUsedError: if that id is of another payment
    """
    paid_by = clean(order.paid_by, field="paid_by", least=1, most=120)
    note = clean(order.note, field="note", most=200)
    amount = _amount(order.amount)
    with transaction() as session:
        told = booking.seen(order.appointment_id, by)
        accounts.require(by, Permission.TAKE_PAYMENT, booking.scope_of(told))
        hold_all([f"receipt:{order.id}"])
        before = session.scalar(select(Receipt).where(Receipt.public_id == order.id))
        if before is not None:
            said = (before.appointment_id, before.amount, before.taken_by)
            if said != (told.id, amount, by.key):
                raise ReceiptUsedError(field="id")
            return rows.view(before, told)
        row = Receipt(
            public_id=order.id,
            facility_id=told.facility.id,
            number=_next_number(told.facility.id),
            appointment_id=told.id,
            amount=amount,
            currency=_currency(order.currency or currency_of(told.facility.region)),
            method=order.method,
            paid_by=paid_by,
            note=note,
            taken_at=now,
            taken_by=by.key,
            taken_by_name=by.called,
        )
        session.add(row)
        session.flush()
        kept = {"number": row.number, "appointment": told.reference}
        money = {"amount": str(row.amount), "currency": row.currency}
        _line("written", row, kept | money | {"method": row.method}, by=by, now=now)
        return rows.view(row, told)


def prepay(order: NewPrepayment, *, by: Actor, now: datetime) -> PrepaymentView:
    """
    Write down what was paid for a visit before it was booked, through somebody's app.

    By who may ask for the visit: it is their app that says so.

    :raises InputError: if the amount, the currency or a name cannot be right
    :raises NotFoundError: if there is no such appointment, or not for this actor's eyes
    :raises PrepaymentUsedError: if the visit, or that transfer, is of another payment
    """
    amount = _amount(order.amount)
    used = PrepaymentUsedError(field="transaction_id")
    meaning = {
        "uq_prepayments_appointment_id": used,
        "uq_prepayments_through_transaction_id": used,
    }
    with transaction() as session, constraints(meaning):
        told = booking.seen(order.appointment_id, by)
        accounts.require(by, Permission.REQUEST, booking.scope_of(told))
        row = Prepayment(
            facility_id=told.facility.id,
            appointment_id=told.id,
            through=clean(order.through, field="through", least=1, most=200),
            transaction_id=clean(
                order.transaction_id, field="transaction_id", least=1, most=200
            ),
            amount=amount,
            currency=_currency(order.currency),
            told_at=now,
        )
        session.add(row)
        session.flush()
        kept = {"through": row.through, "transaction_id": row.transaction_id}
        money = {"amount": str(row.amount), "currency": row.currency}
        audit.record(
            "appointment.prepaid",
            audit.Subject("appointment", told.id, told.facility.id),
            by=by,
            now=now,
            after=kept | money,
        )
        return rows.prepaid(row, told)


def void(receipt: UUID, reason: str, *, by: Actor, now: datetime) -> ReceiptView:
    """
    Say that a receipt does not count; it stays, and its number is not used again.

    :raises NotFoundError: if there is no such receipt, or not for this actor's eyes
    :raises VoidedError: if it was voided before
    """
    why = clean(reason, field="reason", least=1, most=200)
    with transaction() as session:
        row = rows.named(receipt)
        told = booking.seen(row.appointment_id, by)
        accounts.require(by, Permission.VOID_PAYMENT, booking.scope_of(told))
        session.refresh(row, with_for_update=True)
        if row.voided_at is not None:
            raise VoidedError(field="receipt_id", who=row.voided_by_name)
        row.voided_at, row.voided_by_name, row.void_reason = now, by.called, why
        session.flush()
        _line("voided", row, {"number": row.number, "reason": why}, by=by, now=now)
        return rows.view(row, told)


def _line(
    done: str, row: Receipt, after: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    subject = audit.Subject("receipt", row.public_id, row.facility_id)
    audit.record(f"receipt.{done}", subject, by=by, now=now, after=after)


def _next_number(facility_id: int) -> int:
    """Draw the next number; whoever draws after waits until this one is kept or not."""
    first = insert(ReceiptBook).values(facility_id=facility_id, last=1)
    drawn = first.on_conflict_do_update(
        index_elements=[ReceiptBook.facility_id], set_={"last": ReceiptBook.last + 1}
    )
    return db.session.execute(drawn.returning(ReceiptBook.last)).scalar_one()


def _amount(amount: Decimal) -> Decimal:
    if not (amount.is_finite() and 0 < amount <= MOST):
        raise InputError(field="amount", reason="money", most=MOST)
    kept = amount.quantize(Decimal("0.01"))
    if kept != amount:
        raise InputError(field="amount", reason="money", most=MOST)
    return kept


def _currency(told: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", told):
        raise InputError(field="currency", reason="currency")
    return told
