"""Receipts as JSON."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load

from app.api.fields import Text
from app.receipts.views import Method, NewReceipt

# The address says which; it takes this one's place.
_UNNAMED = UUID(int=0)


class ReceiptSchema(Schema):
    """Money taken for an appointment; voided, it does not count and stays."""

    id = fields.UUID(required=True)
    number = fields.Integer(
        required=True, metadata={"description": "Of its facility, without a gap"}
    )
    appointment_id = fields.UUID(attribute="appointment.id", required=True)
    facility_id = fields.UUID(attribute="appointment.facility.public_id", required=True)
    amount = fields.Decimal(places=2, as_string=True, required=True)
    currency = fields.String(required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    paid_by = fields.String(required=True)
    note = fields.String(required=True)
    taken_at = fields.AwareDateTime(required=True)
    taken_by = fields.String(required=True)
    voided_at = fields.AwareDateTime(required=True, allow_none=True)
    voided_by = fields.String(required=True, allow_none=True)
    void_reason = fields.String(required=True, allow_none=True)


class PrepaymentSchema(Schema):
    """What somebody's app was paid before the visit was booked; it counts already."""

    through = fields.String(required=True)
    transaction_id = fields.String(required=True)
    amount = fields.Decimal(places=2, as_string=True, required=True)
    currency = fields.String(required=True)
    told_at = fields.AwareDateTime(required=True)
    owed_back = fields.Boolean(
        required=True, metadata={"description": "The visit is off: the app refunds it"}
    )


class ReceiptsSchema(Schema):
    """Receipts, the latest first, and what was paid before."""

    receipts = fields.List(fields.Nested(ReceiptSchema), required=True)
    prepaid = fields.Nested(PrepaymentSchema, required=True, allow_none=True)


class NewReceiptSchema(Schema):
    """Money to be taken; without a currency it is that of the facility's country."""

    id = fields.UUID(required=True)
    amount = fields.Decimal(required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    paid_by = Text(least=1, most=120, required=True)
    currency = Text(most=3)
    note = Text(most=200)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewReceipt:
        return NewReceipt(appointment_id=_UNNAMED, **data)


class WhySchema(Schema):
    """Why something does not count."""

    reason = Text(least=1, most=200, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> str:
        reason: str = data["reason"]
        return reason
