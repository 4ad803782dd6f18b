"""Receipts: what was paid for an appointment; write one, read it, void it."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from app.api.blueprint import Part
from app.api.schemas.money import (
    NewReceiptSchema,
    ReceiptSchema,
    ReceiptsSchema,
    WhySchema,
)
from app.core import clock
from app.doors import current
from app.receipts import queries, service
from app.receipts.views import NewReceipt, ReceiptView

bp = Part("receipts", "Receipts for what was paid at the desk")


@bp.get("/appointments/<uuid:appointment_id>/receipts")
@bp.response(200, ReceiptsSchema)
def of_appointment(appointment_id: UUID) -> dict[str, Any]:
    """
    List what was paid for an appointment, the latest first, the voided ones too.

    What was paid before it was booked is told beside, so that nobody takes it twice.
    """
    by = current.actor()
    found = queries.of_appointment(appointment_id, by=by)
    return {"receipts": found, "prepaid": queries.prepaid(appointment_id, by=by)}


@bp.post("/appointments/<uuid:appointment_id>/receipts")
@bp.arguments(NewReceiptSchema)
@bp.response(201, ReceiptSchema)
def take(asked: NewReceipt, appointment_id: UUID) -> ReceiptView:
    """
    Write a receipt with the facility's next number.

    The caller chooses the id; the same one again gives the same receipt.
    """
    order = replace(asked, appointment_id=appointment_id)
    return service.take(order, by=current.actor(), now=clock.now())


@bp.get("/receipts/<uuid:receipt_id>")
@bp.response(200, ReceiptSchema)
def show(receipt_id: UUID) -> ReceiptView:
    """Read one receipt."""
    return queries.one(receipt_id, by=current.actor())


@bp.post("/receipts/<uuid:receipt_id>/void")
@bp.arguments(WhySchema)
@bp.response(200, ReceiptSchema)
def void(reason: str, receipt_id: UUID) -> ReceiptView:
    """Say that a receipt does not count, and why; it stays, with its number."""
    return service.void(receipt_id, reason, by=current.actor(), now=clock.now())
