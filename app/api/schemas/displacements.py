"""What is more urgent, what gives way to it, and the rebooking list, as JSON."""

from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validates_schema,
)
from msgspec import Struct

from app.api.fields import Moment, Text
from app.api.schemas.appointments import AppointmentSchema
from app.api.schemas.directory import ResourceBriefSchema
from app.api.schemas.orders import NewTimedSchema, Order, check_forward
from app.api.schemas.slots import PlainSpanSchema, SpanSchema
from app.booking.kinds import GaveWay, Priority, Rebook, Urgency
from app.booking.views import NewPlace, NewTimed


class Pressing(Struct, frozen=True):
    """An order that others give way to, and why."""

    order: Order[NewTimed]
    reason: str


class OverSlotsSchema(NewTimedSchema):
    """A timed booking wanted over token slots, and why."""

    reason = Text(least=1, most=200, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        reason = data.pop("reason")
        return Pressing(super().make(data), reason)


class EmergencySchema(OverSlotsSchema):
    """An emergency; unless it says otherwise, of the highest priority."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        return super().make({"priority": Priority.EMERGENCY} | data)


class RebookingSchema(Schema):
    """Somebody who lost their place; `proposal` is one held for them now."""

    id = fields.UUID(required=True)
    status = fields.Enum(Rebook, by_value=True, required=True)
    reason = fields.String(required=True)
    listed_at = fields.AwareDateTime(required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)
    resolution = fields.String(required=True)
    appointment = fields.Nested(AppointmentSchema, required=True)
    proposal = fields.Nested(AppointmentSchema, required=True, allow_none=True)
    booked = fields.Nested(AppointmentSchema, required=True, allow_none=True)


class RebookingsSchema(Schema):
    """Who waits for another place, the longest first."""

    entries = fields.List(fields.Nested(RebookingSchema), required=True)


class YieldedSchema(Schema):
    """An appointment that gave way: where it was, and where it went."""

    appointment = fields.Nested(AppointmentSchema, required=True)
    outcome = fields.Enum(GaveWay, by_value=True, required=True)
    was = fields.Nested(PlainSpanSchema, required=True)
    was_token = fields.String(required=True, allow_none=True)
    to = fields.Nested(PlainSpanSchema, required=True, allow_none=True)
    token = fields.String(required=True, allow_none=True)
    rebooking = fields.Nested(RebookingSchema, required=True, allow_none=True)


class ClosedSlotSchema(SpanSchema):
    """A token slot that closes."""

    resource = fields.Nested(ResourceBriefSchema, required=True)


class ForeseenSchema(Schema):
    """What an urgent booking would come to; the ids in it are of nothing kept."""

    kind = fields.Enum(Urgency, by_value=True, required=True)
    reason = fields.String(required=True)
    appointment = fields.Nested(AppointmentSchema, required=True)
    closed = fields.List(fields.Nested(ClosedSlotSchema), required=True)
    entries = fields.List(fields.Nested(YieldedSchema), required=True)


class DisplacementSchema(ForeseenSchema):
    """For what others gave way, who decided it, why, and what moved."""

    id = fields.UUID(required=True)
    made_by = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)


class RebookingStatusSchema(Schema):
    """Which entries; all without a status."""

    status = fields.Enum(Rebook, by_value=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Rebook | None:
        return data.get("status")


class Instead(Struct, frozen=True):
    """Where to book; None is the place that is held."""

    to: NewPlace | None


class RebookSchema(Schema):
    """Where to book instead; without a start, the place that is held."""

    starts_at = Moment(allow_none=True)
    ends_at = Moment(allow_none=True)
    resource_id = fields.UUID(allow_none=True)

    @validates_schema
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        start, end = data.get("starts_at"), data.get("ends_at")
        if start is None and (end or data.get("resource_id")):
            raise ValidationError("Give the start as well.", "starts_at")
        if start is not None and end is not None:
            check_forward(start, end, "ends_at")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Instead:
        return Instead(NewPlace(**data) if data.get("starts_at") else None)
