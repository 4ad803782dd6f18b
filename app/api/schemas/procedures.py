"""Whole sets that are sought, and procedures, as JSON."""

from datetime import datetime
from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)
from msgspec import Struct

from app.api.fields import Moment, Text, Whole
from app.api.schemas.appointments import AppointmentSchema
from app.api.schemas.directory import ResourceBriefSchema
from app.api.schemas.orders import Order
from app.api.schemas.resources import ChoiceSchema, PassedSchema
from app.api.schemas.slots import ForPatientSchema, SpanSchema, for_patient
from app.booking.procedure_queries import STATES
from app.booking.views import Member, NewProcedure, ProcedurePlace, Seeking, Whom
from app.directory.kinds import ResourceKind

_ANY = {"kind", "capability", "department_id"}


class MemberWantedSchema(Schema):
    """
    One of a set: a resource by its id, or any of a kind, use or department.

    `offset` is minutes from the start of the appointment, perhaps before it; without
    `minutes` the part lasts until the appointment ends.
    """

    resource_id = fields.UUID(allow_none=True)
    kind = fields.Enum(ResourceKind, by_value=True, allow_none=True)
    capability = Text(most=40)
    department_id = fields.UUID(allow_none=True)
    offset = Whole(least=-1440, most=1440)
    minutes = Whole(least=1, most=1440, allow_none=True)
    role = Text(most=40)

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_: Any) -> None:
        given = {name for name in _ANY if data.get(name)}
        if bool(data.get("resource_id")) == bool(given):
            raise ValidationError(
                "Name a resource, or say of which kind, department or use.",
                "resource_id",
            )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Member:
        return Member(**data)


_MEMBERS = validate.Length(1, 20)


class SetAsked(Struct, frozen=True):
    """A whole set sought, from when on and how many openings of it."""

    seeking: Seeking
    after: datetime | None
    most: int
    whom: Whom | None = None


class SetAskedSchema(ForPatientSchema):
    """
    A whole set that shall be free together; the first member's list it stands in.

    With a type its needs are sought too, and its rules and buffers hold. Without
    `minutes` it lasts as long as the type does.
    """

    members = fields.List(
        fields.Nested(MemberWantedSchema), required=True, validate=_MEMBERS
    )
    type_id = fields.UUID()
    minutes = Whole(least=1, most=1440)
    after = Moment()
    most = Whole(least=1, most=20)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> SetAsked:
        seeking = Seeking(
            tuple(data["members"]), data.get("type_id"), data.get("minutes")
        )
        whom = for_patient(data).get("whom")
        return SetAsked(seeking, data.get("after"), data.get("most", 1), whom)


class FromWhen(Struct, frozen=True):
    """From when on openings are sought, and how many."""

    after: datetime | None = None
    most: int = 1


class FromWhenSchema(Schema):
    """Openings are sought from `after` on, else from now."""

    after = Moment()
    most = fields.Integer(validate=validate.Range(1, 20))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> FromWhen:
        return FromWhen(**data)


class PartSchema(Schema):
    """Who was found for a member, when, why, and why the others were not."""

    resource = fields.Nested(ResourceBriefSchema, required=True)
    starts_at = fields.AwareDateTime(attribute="during.start", required=True)
    ends_at = fields.AwareDateTime(attribute="during.end", required=True)
    need = fields.String(required=True)
    role = fields.String(required=True)
    why = fields.String(required=True)
    passed = fields.List(fields.Nested(PassedSchema), required=True)


class JointOpeningSchema(SpanSchema):
    """A time at which all are free, each for its own part."""

    parts = fields.List(fields.Nested(PartSchema), required=True)


class JointOpeningsSchema(Schema):
    openings = fields.List(fields.Nested(JointOpeningSchema), required=True)


class NewProcedureSchema(Schema):
    """
    A procedure: who it is for, how long it takes, and whom and what it needs.

    The first need is whose list it stands in; a need may be a team. Priority 1 is an
    emergency, 5 is elective.
    """

    name = Text(least=1, most=120, required=True)
    type_id = fields.UUID(required=True)
    minutes = Whole(least=1, most=1440, required=True)
    needs = fields.List(
        fields.Nested(MemberWantedSchema), required=True, validate=_MEMBERS
    )
    patient_ids = fields.List(fields.UUID(), validate=validate.Length(max=50))
    department_id = fields.UUID(allow_none=True)
    priority = Whole(least=1, most=5)
    note = Text(most=500)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> "Planned":
        data["needs"] = tuple(data["needs"])
        data["patient_ids"] = tuple(data.get("patient_ids", ()))
        return Planned(lambda **more: NewProcedure(**data, **more))


class Planned(Struct, frozen=True):
    """A procedure that still lacks its facility."""

    at: Order[NewProcedure]


class NeedSchema(Schema):
    """Whom or what a procedure needs, and for which part of the time."""

    resource_id = fields.UUID(required=True, allow_none=True)
    kind = fields.Enum(ResourceKind, by_value=True, required=True, allow_none=True)
    capability = fields.String(required=True)
    department_id = fields.UUID(required=True, allow_none=True)
    offset = fields.Integer(required=True)
    minutes = fields.Integer(required=True, allow_none=True)
    role = fields.String(required=True)


class ProcedureSchema(Schema):
    """A procedure as it stands, and the appointment it is booked or done in."""

    id = fields.UUID(required=True)
    facility_id = fields.UUID(attribute="order.facility_id", required=True)
    name = fields.String(attribute="order.name", required=True)
    type_id = fields.UUID(attribute="order.type_id", required=True)
    minutes = fields.Integer(attribute="order.minutes", required=True)
    needs = fields.List(
        fields.Nested(NeedSchema), attribute="order.needs", required=True
    )
    patient_ids = fields.List(
        fields.UUID(), attribute="order.patient_ids", required=True
    )
    department_id = fields.UUID(
        attribute="order.department_id", required=True, allow_none=True
    )
    priority = fields.Integer(attribute="order.priority", required=True)
    note = fields.String(attribute="order.note", required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    appointment_id = fields.UUID(required=True, allow_none=True)
    cancel_reason = fields.String(required=True)
    created_by = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    revision = fields.Integer(required=True)


class ProceduresSchema(Schema):
    """Procedures, the most urgent and oldest first."""

    procedures = fields.List(fields.Nested(ProcedureSchema), required=True)


class StateSchema(Schema):
    """Which procedures: all, or those that stand so."""

    state = fields.String(validate=validate.OneOf(STATES))


class ProcedurePlaceSchema(Schema):
    """When it shall be: at a moment, or at its first opening from `after` on."""

    starts_at = Moment(allow_none=True)
    after = Moment(allow_none=True)
    request = fields.Boolean()
    note = Text(most=500)

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("starts_at") and data.get("after"):
            raise ValidationError("Give the start, or from when on, not both.", "after")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ProcedurePlace:
        return ProcedurePlace(**data)


class BookedSchema(Schema):
    """The appointment of a procedure, and how whom and what it needs was chosen."""

    appointment = fields.Nested(AppointmentSchema, required=True)
    choices = fields.List(fields.Nested(ChoiceSchema), required=True)
