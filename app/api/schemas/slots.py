"""A day of a resource, and its next free places, as JSON."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)
from msgspec import Struct

from app.api.fields import Day, Moment
from app.api.schemas.directory import ResourceSchema
from app.availability.kinds import Closed
from app.booking.kinds import Kind
from app.booking.views import Whom
from app.core.errors import RuleError


def _why(refused: RuleError) -> dict[str, str]:
    """Tell the rule's own settings and findings, as text."""
    kept = {"rule", "override", "may"}
    return {n: str(v) for n, v in refused.params.items() if n not in kept}


class SpanSchema(Schema):
    """Time from `starts_at` until, but not with, `ends_at`."""

    starts_at = fields.AwareDateTime(attribute="span.start", required=True)
    ends_at = fields.AwareDateTime(attribute="span.end", required=True)


class PlainSpanSchema(Schema):
    """Time from `starts_at` until, but not with, `ends_at`."""

    starts_at = fields.AwareDateTime(attribute="start", required=True)
    ends_at = fields.AwareDateTime(attribute="end", required=True)


class RefusalSchema(Schema):
    """A rule that refuses a place: which, why, and who may override it."""

    rule = fields.String(attribute="params.rule", required=True)
    override = fields.String(
        attribute="params.override",
        required=True,
        metadata={"description": "The permission that overrides it"},
    )
    why = fields.Function(_why, required=True)


class SlotSchema(SpanSchema):
    """A token slot: how many tokens it holds, and how many are left."""

    tokens = fields.Integer(required=True)
    taken = fields.Integer(required=True)
    left = fields.Integer(required=True)
    blocked = fields.Boolean(required=True)
    type_ids = fields.List(
        fields.UUID(),
        attribute="allowed_ids",
        required=True,
        metadata={"description": "The types it takes; empty means every type"},
    )
    refused = fields.Nested(RefusalSchema, required=True, allow_none=True)


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


class ForPatientSchema(Schema):
    """For whom places are sought: their rules are asked as a booking asks them."""

    patient_id = fields.UUID(
        metadata={"description": "The rules of this patient are asked too"}
    )
    moving = fields.UUID(
        metadata={"description": "The appointment of theirs that would go there"}
    )

    @validates_schema
    def _of_somebody(self, data: dict[str, Any], **_: Any) -> None:
        if "moving" in data and "patient_id" not in data:
            raise ValidationError("Say whose appointment it is.", "patient_id")


def for_patient(data: dict[str, Any]) -> dict[str, Any]:
    """Put the fields about the patient together, if it is said for whom."""
    patient_id, moving = data.pop("patient_id", None), data.pop("moving", None)
    return data if patient_id is None else data | {"whom": Whom(patient_id, moving)}


class DayAsked(Struct, frozen=True):
    """A day asked for, perhaps for one type alone."""

    day: date
    type_id: UUID | None = None
    whom: Whom | None = None


class DaySchema(ForPatientSchema):
    """A day in the facility's zone; for a type, only the slots that take it."""

    day = Day(required=True)
    type_id = fields.UUID()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> DayAsked:
        return DayAsked(**for_patient(data))


class Sought(Struct, frozen=True):
    """A free place sought: for which type, from when, how long, how many."""

    type_id: UUID
    after: datetime | None = None
    minutes: int | None = None
    most: int = 3
    whom: Whom | None = None


class SoughtSchema(ForPatientSchema):
    """What kind of free place is sought; without `after`, from now on."""

    type_id = fields.UUID(required=True)
    after = Moment()
    minutes = fields.Integer(validate=validate.Range(1, 24 * 60))
    most = fields.Integer(validate=validate.Range(1, 20))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Sought:
        return Sought(**for_patient(data))


class DayLoadSchema(Schema):
    """How much a day holds, and how much of it is free."""

    day = fields.Date(required=True)
    tokens = fields.Integer(required=True)
    tokens_free = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    minutes_free = fields.Integer(required=True)
    refused = fields.Nested(
        RefusalSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The rule that refuses all of the day, though free"},
    )


class MonthOfSchema(Schema):
    """The days of a resource, one after another."""

    resource_id = fields.UUID(attribute="resource.public_id", required=True)
    resource = fields.String(attribute="resource.name", required=True)
    days = fields.List(fields.Nested(DayLoadSchema), required=True)


class MonthSchema(Schema):
    resources = fields.List(fields.Nested(MonthOfSchema), required=True)


class MonthAsked(Struct, frozen=True):
    """Which days of which resource are asked for; None is every one."""

    first_day: date
    days: int = 31
    resource_id: UUID | None = None
    type_id: UUID | None = None
    whom: Whom | None = None


class MonthAskedSchema(ForPatientSchema):
    """Which days are asked for, in the facility's zone; for a type, what takes it."""

    first_day = Day(required=True)
    days = fields.Integer(validate=validate.Range(1, 31))
    resource_id = fields.UUID()
    type_id = fields.UUID()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> MonthAsked:
        return MonthAsked(**for_patient(data))
