"""What callers say along the life of an appointment: holds, visits, series, waiting."""

from datetime import time
from typing import Any, Generic, TypeVar
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate
from msgspec import Struct

from app.api.fields import Day, Text, Whole
from app.api.schemas.appointments import AppointmentSchema
from app.api.schemas.directory import TypeBriefSchema
from app.api.schemas.orders import NewTimedSchema, NewTokenSchema, Order
from app.api.schemas.patients import PatientSchema
from app.booking.kinds import OfferIs, Role, Waiting
from app.booking.states import OF_A_VISIT, Status
from app.booking.views import Holding, NewWaiting, Repeat

T = TypeVar("T")


class HoldingSchema(Schema):
    """For whom a place is held: a session or transaction holds one at a time."""

    key = Text(least=1, most=100, required=True)
    minutes = Whole(least=1, most=60)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Holding:
        return Holding(**data)


class Hold(Struct, Generic[T], frozen=True):
    order: Order[T]
    holding: Holding


class HoldTokenSchema(NewTokenSchema):
    """A token's place to be held; who it is for may come later."""

    patient_id = fields.UUID(load_default=None, allow_none=True)
    holding = fields.Nested(HoldingSchema, required=True)

    @post_load
    def make(self, data: dict[str, Any], **more: Any) -> Any:
        holding = data.pop("holding")
        return Hold(super().make(data, **more), holding)


class HoldTimedSchema(NewTimedSchema):
    """A time to be held; who it is for may come later."""

    patient_id = fields.UUID(load_default=None, allow_none=True)
    holding = fields.Nested(HoldingSchema, required=True)

    @post_load
    def make(self, data: dict[str, Any], **more: Any) -> Any:
        holding = data.pop("holding")
        return Hold(super().make(data, **more), holding)


class ExtendingSchema(Schema):
    """How many minutes from now a hold shall last."""

    minutes = Whole(least=1, most=60, required=True)


class ConfirmingSchema(Schema):
    """Whom a hold shall be booked for; without `retake` an expired one is lost."""

    patient_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(max=50)
    )
    retake = fields.Boolean(load_default=True)


class AttendingSchema(Schema):
    """Which step of a visit was made; `patient_id` names one of a group."""

    to = fields.Enum(
        Status,
        by_value=True,
        required=True,
        validate=validate.OneOf(sorted(OF_A_VISIT)),
    )
    patient_id = fields.UUID(load_default=None, allow_none=True)
    revision = Whole(least=1, load_default=None, allow_none=True)


class ChangingSchema(Schema):
    """The revision the caller saw; `patient_id` names one of a group."""

    patient_id = fields.UUID(load_default=None, allow_none=True)
    revision = Whole(least=1, load_default=None, allow_none=True)


class JoiningSchema(Schema):
    """Who joins an appointment, and as what they come."""

    patient_id = fields.UUID(required=True)
    role = fields.Enum(Role, by_value=True, load_default=Role.PATIENT)
    revision = Whole(least=1, load_default=None, allow_none=True)


class RecurrenceSchema(Schema):
    """Every so many weeks: so often, or until a day."""

    every_weeks = Whole(least=1, most=52)
    occurrences = Whole(least=2, most=60)
    until = Day()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Repeat:
        return Repeat(**data)


class Serial(Struct, Generic[T], frozen=True):
    order: Order[T]
    repeat: Repeat


class TokenSeriesSchema(NewTokenSchema):
    """A token wanted again and again, at the same local time."""

    repeat = fields.Nested(RecurrenceSchema, required=True)

    @post_load
    def make(self, data: dict[str, Any], **more: Any) -> Any:
        repeat = data.pop("repeat")
        return Serial(super().make(data, **more), repeat)


class TimedSeriesSchema(NewTimedSchema):
    """A timed booking wanted again and again, at the same local time."""

    repeat = fields.Nested(RecurrenceSchema, required=True)

    @post_load
    def make(self, data: dict[str, Any], **more: Any) -> Any:
        repeat = data.pop("repeat")
        return Serial(super().make(data, **more), repeat)


class CallingOffSchema(Schema):
    """Why the appointments of a series are cancelled."""

    reason = Text(least=1, most=200, required=True)


class OccurrenceSchema(Schema):
    """One of a series: its appointment, or the code of why there is none."""

    starts_at = fields.AwareDateTime(required=True)
    code = fields.String(required=True, allow_none=True)
    appointment = fields.Nested(AppointmentSchema, required=True, allow_none=True)


class SeriesSchema(Schema):
    id = fields.UUID(required=True)
    every_weeks = fields.Integer(required=True)
    occurrences = fields.List(fields.Nested(OccurrenceSchema), required=True)


class RequestsSchema(Schema):
    appointments = fields.List(fields.Nested(AppointmentSchema), required=True)


class NewWaitingSchema(Schema):
    """Who waits, and which places would do: days, weekdays and local times."""

    patient_id = fields.UUID(required=True)
    type_id = fields.UUID(required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)
    resource_id = fields.UUID()
    department_id = fields.UUID()
    weekdays = fields.List(Whole(least=0, most=6), validate=validate.Length(1, 7))
    earliest = fields.Time(format="%H:%M")
    latest = fields.Time(format="%H:%M")
    priority = Whole(least=0, most=9)
    note = Text(most=500)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> "Wishes":
        if "weekdays" in data:
            data["weekdays"] = tuple(data["weekdays"])
        return Wishes(data)


class Wishes(Struct, frozen=True):
    """An order that still lacks the facility of its address."""

    data: dict[str, UUID | time | int | str]

    def at(self, facility_id: UUID) -> NewWaiting:
        return NewWaiting(facility_id=facility_id, **self.data)  # type: ignore[arg-type]


class OfferSchema(Schema):
    """A place held for somebody who waits, until `expires_at`."""

    id = fields.UUID(required=True)
    status = fields.Enum(OfferIs, by_value=True, required=True)
    expires_at = fields.AwareDateTime(required=True)
    appointment = fields.Nested(AppointmentSchema, required=True)


class WaitingSchema(Schema):
    id = fields.UUID(required=True)
    patient = fields.Nested(PatientSchema, required=True)
    type = fields.Nested(TypeBriefSchema, required=True)
    resource_id = fields.UUID(required=True, allow_none=True)
    department_id = fields.UUID(required=True, allow_none=True)
    status = fields.Enum(Waiting, by_value=True, required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    weekdays = fields.List(fields.Integer(), required=True)
    earliest = fields.Time(format="%H:%M", required=True)
    latest = fields.Time(format="%H:%M", required=True)
    priority = fields.Integer(required=True)
    note = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    offer = fields.Nested(OfferSchema, required=True, allow_none=True)


class WaitlistSchema(Schema):
    """Who waits, in the order in which they are offered places."""

    entries = fields.List(fields.Nested(WaitingSchema), required=True)
