"""Queues as JSON: who waits and why there, visits, counters."""

from typing import Any

from flask import url_for
from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from app.api.fields import Day, Moment, Text, Whole
from app.api.schemas.directory import FacilityBriefSchema, ResourceBriefSchema
from app.api.schemas.patients import PatientSchema
from app.booking.kinds import Kind
from app.core.spans import Span
from app.doors import queue_words
from app.patients.views import Need, NewPatient, Sex
from app.queues.kinds import EncounterIs, EntryIs, How, WalkIns
from app.queues.views import Coming


class ScorePartSchema(Schema):
    """One reason for a due time: where it begins, or the minutes it adds."""

    kind = fields.String(required=True)
    minutes = fields.Integer(required=True)
    of = fields.String(required=True)
    at = fields.AwareDateTime(required=True, allow_none=True)


class WaitSchema(Schema):
    """An estimated wait: as likely shorter as longer than `low_s`; `high_s` seldom."""

    low_s = fields.Integer(required=True)
    high_s = fields.Integer(required=True)


class BoostSchema(Schema):
    minutes = fields.Integer(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class EntrySchema(Schema):
    """Somebody in a queue, and why they stand where they do."""

    id = fields.UUID(required=True)
    queue_id = fields.UUID(required=True)
    state = fields.Enum(EntryIs, by_value=True, required=True)
    token = fields.String(required=True, allow_none=True)
    position = fields.Integer(required=True, allow_none=True)
    patient = fields.Nested(PatientSchema, required=True, allow_none=True)
    appointment_id = fields.UUID(required=True)
    reference = fields.String(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    arrived_at = fields.AwareDateTime(required=True)
    scheduled_at = fields.AwareDateTime(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True)
    tier = fields.Integer(required=True)
    parts = fields.List(fields.Nested(ScorePartSchema), required=True)
    why = fields.Function(
        queue_words.why,
        metadata={
            "type": "array",
            "items": {"type": "string"},
            "description": "The parts in words, with times of the facility",
        },
    )
    boost = fields.Nested(BoostSchema, required=True, allow_none=True)
    level = fields.String(required=True)
    walk_in = fields.Boolean(required=True)
    present = fields.Boolean(required=True)
    skips = fields.Integer(required=True)
    counter = fields.String(required=True, allow_none=True)
    called_at = fields.AwareDateTime(required=True, allow_none=True)
    calls = fields.Integer(required=True)
    in_room_since = fields.AwareDateTime(required=True, allow_none=True)
    wait = fields.Nested(WaitSchema, required=True, allow_none=True)


class EntriesSchema(Schema):
    entries = fields.List(fields.Nested(EntrySchema), required=True)


class PrintedSchema(Schema):
    """Which copy came out, counted from 1; a copy confirmed twice counts once."""

    copy = Whole(least=1, load_default=1)


class SlipSchema(Schema):
    """A slip to print; `address` opens the status of the visit and goes into the QR."""

    entry = fields.Nested(EntrySchema, required=True)
    facility = fields.Nested(FacilityBriefSchema, required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    address = fields.Function(
        lambda slip: url_for("status.show", secret=slip.secret, _external=True),
        metadata={"type": "string", "format": "uri"},
    )
    prints = fields.Integer(required=True)
    printed_at = fields.AwareDateTime(required=True, allow_none=True)


class SlipsSchema(Schema):
    slips = fields.List(fields.Nested(SlipSchema), required=True)


class QueueSchema(Schema):
    """A queue as it stands; poll it with `?version=`, unchanged is answered 204."""

    id = fields.UUID(required=True)
    facility = fields.Nested(FacilityBriefSchema, required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    day = fields.Date(required=True)
    version = fields.String(required=True)
    paused_at = fields.AwareDateTime(required=True, allow_none=True)
    late_minutes = fields.Integer(required=True)
    notice = fields.String(required=True)
    done = fields.Integer(required=True)
    called = fields.List(fields.Nested(EntrySchema), required=True)
    in_room = fields.List(fields.Nested(EntrySchema), required=True)
    waiting = fields.List(fields.Nested(EntrySchema), required=True)
    aside = fields.List(fields.Nested(EntrySchema), required=True)


class QueueBriefSchema(Schema):
    """A queue in a list: when the first who waits came, how many the last hour saw."""

    id = fields.UUID(required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    day = fields.Date(required=True)
    waiting = fields.Integer(required=True)
    in_room = fields.Integer(required=True)
    done = fields.Integer(required=True)
    served = fields.Integer(required=True)
    since = fields.AwareDateTime(required=True, allow_none=True)
    paused_at = fields.AwareDateTime(required=True, allow_none=True)
    late_minutes = fields.Integer(required=True)


class QueuesSchema(Schema):
    queues = fields.List(fields.Nested(QueueBriefSchema), required=True)


class QueueDaySchema(Schema):
    """Which day's queues; without one, today's."""

    day = Day(load_default=None)


class PollSchema(Schema):
    """The version that was seen; unchanged is answered 204."""

    version = fields.String(load_default=None)


class ComingSchema(Schema):
    """How somebody comes; from afar (`remote`) they are called only once seen."""

    how = fields.Enum(How, by_value=True)
    remote = fields.Boolean()
    level = Text(least=1, most=30)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Coming:
        return Coming(**data)


class CheckInSchema(Schema):
    """Who checks in: everybody of the appointment, or one of a group."""

    patient_id = fields.UUID(load_default=None, allow_none=True)
    coming = fields.Nested(ComingSchema, load_default=Coming)


class PersonSchema(Schema):
    """Somebody nobody knows yet, with what little is known."""

    name = Text(least=1, most=120, required=True)
    phone = Text(most=40, allow_none=True)
    sex = fields.Enum(Sex, by_value=True)
    birth_date = Day(allow_none=True)
    birth_year = Whole(least=1, most=9999, allow_none=True)
    needs = fields.List(fields.Enum(Need, by_value=True))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewPatient:
        needs = frozenset(data.pop("needs", ()))
        return NewPatient(**data, needs=needs)


class NewWalkInSchema(Schema):
    """Somebody without a booking: a patient, or a person with what little is known."""

    resource_id = fields.UUID(required=True)
    type_id = fields.UUID(required=True)
    patient_id = fields.UUID()
    person = fields.Nested(PersonSchema)
    coming = fields.Nested(ComingSchema)
    override = Text(least=1, most=200)
    note = Text(most=500)


class WalkInPlacesSchema(Schema):
    """How many more are let in today; null: as many as come."""

    mode = fields.Enum(WalkIns, by_value=True, required=True)
    left = fields.Integer(required=True, allow_none=True)


class OfResourceSchema(Schema):
    resource_id = fields.UUID(required=True)


class CallingSchema(Schema):
    """Where somebody is called to; a doctor's own room needs no counter."""

    counter_id = fields.UUID(load_default=None, allow_none=True)


class CallingNextSchema(CallingSchema):
    """With `finishing`, whoever is in the room of that counter is done."""

    finishing = fields.Boolean(load_default=False)


class SkippingSchema(Schema):
    """How often they were skipped when who skips them now looked: no more, no skip."""

    skips = fields.Integer(load_default=None, validate=validate.Range(0, 100))


class BoostingSchema(Schema):
    """How many minutes sooner, why, and until when."""

    minutes = Whole(least=1, most=240, required=True)
    reason = Text(least=1, most=200, required=True)
    until = Moment(required=True)


class LevelSchema(Schema):
    level = Text(least=1, most=30, required=True)
    reason = Text(least=1, most=200, required=True)


class NoticeSchema(Schema):
    """What is told to boards and to those who wait."""

    notice = Text(most=200, load_default="")


class LateSchema(NoticeSchema):
    """By how many minutes; 0 means: in time again."""

    minutes = Whole(least=0, most=600, required=True)


class VisitSchema(Schema):
    """A visit that takes place, took place, or was called off."""

    id = fields.UUID(required=True)
    facility = fields.Nested(FacilityBriefSchema, required=True)
    practitioner = fields.Nested(ResourceBriefSchema, required=True)
    appointment_id = fields.UUID(required=True)
    reference = fields.String(required=True)
    state = fields.Enum(EncounterIs, by_value=True, required=True)
    arrived_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class VisitsSchema(Schema):
    visits = fields.List(fields.Nested(VisitSchema), required=True)


class NeedsSchema(Schema):
    """What a person needs, as the desk of a facility says."""

    facility_id = fields.UUID(required=True)
    needs = fields.List(fields.Enum(Need, by_value=True), required=True)


class CounterSchema(Schema):
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    active = fields.Boolean(required=True)
    department_id = fields.UUID(required=True, allow_none=True)


class CountersSchema(Schema):
    counters = fields.List(fields.Nested(CounterSchema), required=True)


class NewCounterSchema(Schema):
    code = Text(least=1, most=20, required=True)
    name = Text(least=1, most=80, required=True)
    department_id = fields.UUID(load_default=None, allow_none=True)


class ChangingCounterSchema(Schema):
    """What shall be otherwise; what is left out stays."""

    name = Text(least=1, most=80, load_default=None)
    active = fields.Boolean(load_default=None)


class PeriodSchema(Schema):
    """From when until when."""

    from_ = Moment(data_key="from", required=True)
    to = Moment(required=True)

    @validates_schema
    def _forward(self, data: dict[str, Any], **_: Any) -> None:
        if data["to"] <= data["from_"]:
            raise ValidationError("The end must come after the start.", "to")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Span:
        return Span(data["from_"], data["to"])


class AccuracySchema(Schema):
    """How many of the waits that were told came sooner, within the range, or later."""

    told = fields.Integer(required=True)
    sooner = fields.Integer(required=True)
    within = fields.Integer(required=True)
    later = fields.Integer(required=True)
    median_off_s = fields.Integer(required=True, allow_none=True)
