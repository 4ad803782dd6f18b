"""Appointments as JSON, and pages of them."""

import base64
import binascii
from datetime import datetime
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

from app.api.fields import Moment, Sent
from app.api.schemas.directory import (
    FacilityBriefSchema,
    ResourceBriefSchema,
    TypeBriefSchema,
)
from app.api.schemas.orders import check_forward
from app.api.schemas.patients import PatientSchema
from app.booking.kinds import How, Kind, Role
from app.booking.states import Status
from app.booking.views import AppointmentView
from app.core.spans import Span


class ClaimSchema(Schema):
    """A resource of an appointment, and its own part of the time."""

    resource = fields.Nested(ResourceBriefSchema, required=True)
    starts_at = fields.AwareDateTime(attribute="during.start", required=True)
    ends_at = fields.AwareDateTime(attribute="during.end", required=True)
    how = fields.String(required=True, metadata={"enum": [how.value for how in How]})


class ParticipantSchema(Schema):
    """Somebody who takes part, in a role, with their own status and token."""

    patient = fields.Nested(PatientSchema, required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    status = fields.Enum(Status, by_value=True, required=True)
    token = fields.String(required=True, allow_none=True)
    arrived_at = fields.AwareDateTime(required=True, allow_none=True)


class LinkedSchema(Schema):
    """What the appointment is for, by the name of its kind."""

    kind = fields.String(required=True)
    id = fields.UUID(required=True)


class AppointmentSchema(Schema):
    """A place promised: a timed booking, or a token in a slot."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    status = fields.Enum(Status, by_value=True, required=True)
    starts_at = fields.AwareDateTime(attribute="span.start", required=True)
    ends_at = fields.AwareDateTime(attribute="span.end", required=True)
    token = fields.String(
        required=True, allow_none=True, metadata={"description": "As seen: A-07"}
    )
    facility = fields.Nested(FacilityBriefSchema, required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    type = fields.Nested(TypeBriefSchema, required=True)
    patients = fields.List(fields.Nested(PatientSchema), required=True)
    resources = fields.List(fields.Nested(ClaimSchema), required=True)
    note = fields.String(required=True)
    cancel_reason = fields.String(required=True)
    channel = fields.String(required=True)
    booked_by = fields.String(required=True)
    booked_at = fields.AwareDateTime(required=True)
    revision = fields.Integer(required=True)
    hold_expires_at = fields.AwareDateTime(required=True, allow_none=True)
    participants = fields.List(fields.Nested(ParticipantSchema), required=True)
    series_id = fields.UUID(required=True, allow_none=True)
    priority = fields.Integer(
        required=True, metadata={"description": "1 is an emergency, 5 elective"}
    )
    over_slots = fields.Boolean(
        required=True, metadata={"description": "Token slots were closed for it"}
    )
    link = fields.Nested(LinkedSchema, required=True, allow_none=True)


class AppointmentsSchema(Schema):
    """A page of appointments; `next` is the cursor of the page after it."""

    appointments = fields.List(fields.Nested(AppointmentSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class Cursor(fields.String):
    """Where the page before ended: the start and id of its last appointment."""

    def _deserialize(  # type: ignore[override]  # a place, told as text
        self,
        value: Any,
        attr: str | None,
        data: Sent,
        **kwargs: Any,
    ) -> tuple[datetime, UUID]:
        told: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            plain = base64.urlsafe_b64decode(told.encode("ascii")).decode("ascii")
            start, _, last = plain.partition(" ")
            moment = datetime.fromisoformat(start)
            place = moment, UUID(last)
        except (binascii.Error, ValueError) as exc:
            raise ValidationError("Give `next` of the page before.") from exc
        if moment.tzinfo is None:
            raise ValidationError("Give `next` of the page before.")
        return place


def cursor_after(last: AppointmentView) -> str:
    """Write down where a page ended."""
    plain = f"{last.span.start.isoformat()} {last.id}"
    return base64.urlsafe_b64encode(plain.encode("ascii")).decode("ascii")


class Listing(Struct, frozen=True):
    """A page of a list wanted."""

    window: Span
    resource_id: UUID | None = None
    patient_id: UUID | None = None
    limit: int = 100
    after: tuple[datetime, UUID] | None = None


class ListingSchema(Schema):
    """Which appointments: those that start from `from` until before `to`."""

    from_ = Moment(data_key="from", required=True)
    to = Moment(required=True)
    resource_id = fields.UUID()
    patient_id = fields.UUID()
    limit = fields.Integer(validate=validate.Range(1, 200))
    cursor = Cursor()

    @validates_schema
    def _forward(self, data: dict[str, Any], **_: Any) -> None:
        check_forward(data["from_"], data["to"], "to")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Listing:
        window = Span(data.pop("from_"), data.pop("to"))
        return Listing(window, after=data.pop("cursor", None), **data)
