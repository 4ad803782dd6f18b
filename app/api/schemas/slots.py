"""A day of a resource, and its next free places, as JSON."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate

from app.api.fields import Day, Moment
from app.api.schemas.directory import ResourceSchema
from app.availability.kinds import Closed
from app.booking.kinds import Kind


class SpanSchema(Schema):
    """Time from `starts_at` until, but not with, `ends_at`."""

    starts_at = fields.AwareDateTime(attribute="span.start", required=True)
    ends_at = fields.AwareDateTime(attribute="span.end", required=True)


class PlainSpanSchema(Schema):
    """Time from `starts_at` until, but not with, `ends_at`."""

    starts_at = fields.AwareDateTime(attribute="start", required=True)
    ends_at = fields.AwareDateTime(attribute="end", required=True)


class SlotSchema(SpanSchema):
    """A token slot: how many tokens it holds, and how many are left."""

    tokens = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    left = fields.Integer(required=True)
    blocked = fields.Boolean(required=True)


class ClosedSchema(SpanSchema):
    """Time that is not offered, and why."""

    kind = fields.Enum(Closed, by_value=True, required=True)
    reason = fields.String(required=True)


class DaySlotsSchema(Schema):
    """What a resource offers on a day, what is free of it, and what is closed."""

    resource = fields.Nested(ResourceSchema, required=True)
    day = fields.Nested(PlainSpanSchema, required=True)
    slots = fields.List(fields.Nested(SlotSchema), required=True)
    open = fields.List(fields.Nested(PlainSpanSchema), required=True)
    free = fields.List(fields.Nested(PlainSpanSchema), required=True)
    closed = fields.List(fields.Nested(ClosedSchema), required=True)
    tokens_left = fields.Integer(required=True)


class OpeningSchema(SpanSchema):
    """A place that can be booked as it is offered."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    resource_id = fields.UUID(attribute="resource.public_id", required=True)
    resource = fields.String(attribute="resource.name", required=True)
    left = fields.Integer(required=True)


class OpeningsSchema(Schema):
    openings = fields.List(fields.Nested(OpeningSchema), required=True)


class DaySchema(Schema):
    """A day in the facility's zone."""

    day = Day(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> date:
        day: date = data["day"]
        return day


@dataclass(frozen=True, slots=True)
class Sought:
    """A free place sought: for which type, from when, how long, how many."""

    type_id: UUID
    after: datetime | None = None
    minutes: int | None = None
    most: int = 3


class SoughtSchema(Schema):
    """What kind of free place is sought; without `after`, from now on."""

    type_id = fields.UUID(required=True)
    after = Moment()
    minutes = fields.Integer(validate=validate.Range(1, 24 * 60))
    most = fields.Integer(validate=validate.Range(1, 20))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Sought:
        return Sought(**data)
