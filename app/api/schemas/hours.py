"""Schedules, exceptions and maintenance as JSON."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate, validates_schema
from msgspec import Struct
from msgspec.structs import replace

from app.api.fields import Day, Moment, Text, Whole
from app.api.schemas.appointments import AppointmentSchema
from app.api.schemas.orders import check_forward
from app.api.schemas.slots import SpanSchema
from app.availability.kinds import Offered
from app.availability.views import (
    NewException,
    NewMaintenance,
    NewSchedule,
    NewSession,
    Repeat,
)
from app.core.errors import NotFoundError
from app.core.spans import Span
from app.directory.views import TypeView

_CLOCK = "%H:%M"
_NTH = (-1, 1, 2, 3, 4, 5)
MOST_SESSIONS = 50


class SessionSchema(Schema):
    """A weekly session in local times; an end at or before the start is next day."""

    kind = fields.Enum(Offered, by_value=True, required=True)
    weekdays = fields.List(
        Whole(least=0, most=6), required=True, validate=validate.Length(1, 7)
    )
    start = fields.Time(format=_CLOCK, required=True)
    end = fields.Time(format=_CLOCK, required=True)
    slot_minutes = Whole(least=0, most=1440)
    tokens_per_slot = Whole(least=0, most=500)
    type_ids = fields.List(fields.UUID(), validate=validate.Length(max=50))
    label = Text(most=60)
    every_weeks = Whole(least=1, most=52)
    nth = fields.List(
        fields.Integer(strict=True, validate=validate.OneOf(_NTH)), load_default=list
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> "SessionAsked":
        type_ids = tuple(data.pop("type_ids", ()))
        for name in ("weekdays", "nth"):
            data[name] = tuple(data[name])
        return SessionAsked(NewSession(**data), type_ids)


class SessionAsked(Struct, frozen=True):
    """A session whose types are still named as outside."""

    session: NewSession
    type_ids: tuple[UUID, ...]

    def known(self, types: Mapping[UUID, TypeView], field: str) -> NewSession:
        """
        Name the types as inside.

        :raises NotFoundError: naming the field, if there is no such type
        """
        lacking = [each for each in self.type_ids if each not in types]
        if lacking:
            raise NotFoundError("type", field=f"{field}.type_ids")
        numbers = tuple(types[each].id for each in self.type_ids)
        return replace(self.session, types=numbers)


class ScheduleAsked(Struct, frozen=True):
    resource_id: UUID | None
    valid_from: date
    sessions: tuple[SessionAsked, ...]
    valid_till: date | None = None
    replaces: UUID | None = None

    def order(self, facility: UUID, types: Mapping[UUID, TypeView]) -> NewSchedule:
        """Make the order of it."""
        return NewSchedule(
            facility_id=facility,
            resource_id=self.resource_id,
            valid_from=self.valid_from,
            valid_till=self.valid_till,
            replaces=self.replaces,
            sessions=tuple(
                each.known(types, f"sessions[{index}]")
                for index, each in enumerate(self.sessions)
            ),
        )


class NewScheduleSchema(Schema):
    """
    Hours to be; `resource_id` null means the facility's own.

    `replaces` is the id of the version they end, if that is to be sure: with it they
    may begin on its first day, and are refused if another one holds meanwhile.
    """

    resource_id = fields.UUID(required=True, allow_none=True)
    valid_from = Day(required=True)
    valid_till = Day(allow_none=True)
    replaces = fields.UUID(allow_none=True)
    sessions = fields.List(
        fields.Nested(SessionSchema),
        required=True,
        validate=validate.Length(max=MOST_SESSIONS),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ScheduleAsked:
        return ScheduleAsked(**data | {"sessions": tuple(data["sessions"])})


class Editing(Struct, frozen=True):
    """A session as it shall be from a day on; None leaves it out."""

    from_day: date
    session: SessionAsked | None


class EditingSchema(Schema):
    """A session as it shall be from a day on; null leaves it out."""

    from_day = Day(required=True)
    session = fields.Nested(SessionSchema, required=True, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Editing:
        return Editing(**data)


class _SpanAskedSchema(Schema):
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)

    @validates_schema
    def _forward(self, data: dict[str, Any], **_: Any) -> None:
        check_forward(data["starts_at"], data["ends_at"], "ends_at")


def _spanned(data: dict[str, Any]) -> dict[str, Any]:
    start, end = data.pop("starts_at"), data.pop("ends_at")
    return data | {"during": Span(start, end)}


class NewExceptionSchema(_SpanAskedSchema):
    """
    Time away, or added; `resource_id` null is a holiday of the facility.

    A tokens exception without slot minutes and tokens takes those of that weekday.
    """

    resource_id = fields.UUID(required=True, allow_none=True)
    is_available = fields.Boolean(required=True, truthy={True}, falsy={False})
    kind = fields.Enum(Offered, by_value=True)
    slot_minutes = Whole(least=1, most=1440, allow_none=True)
    tokens_per_slot = Whole(least=1, most=500, allow_none=True)
    reason = Text(most=200)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewException:
        return NewException(facility_id=None, **_spanned(data))


class RepeatSchema(Schema):
    """Again every so many weeks; with `nth` on those weekdays of the month, -1 last."""

    until = Day(required=True)
    every_weeks = Whole(least=1, most=52)
    nth = fields.List(fields.Integer(strict=True, validate=validate.OneOf(_NTH)))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Repeat:
        return Repeat(**data | {"nth": tuple(data.get("nth", ()))})


class MaintenanceAsked(Struct, frozen=True):
    resource_id: UUID
    during: Span
    reason: str = ""
    repeat: Repeat | None = None

    def order(self, facility: UUID) -> NewMaintenance:
        """Make the order of it."""
        return NewMaintenance(
            facility, self.resource_id, self.during, self.reason, self.repeat
        )


class NewMaintenanceSchema(_SpanAskedSchema):
    """Time out of service, once or again and again."""

    resource_id = fields.UUID(required=True)
    reason = Text(most=200)
    repeat = fields.Nested(RepeatSchema, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> MaintenanceAsked:
        return MaintenanceAsked(**_spanned(data))


class RevokingSchema(Schema):
    """Whether all that follow in the series are taken back too."""

    following = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class WindowAsked(Struct, frozen=True):
    window: Span
    resource_id: UUID | None = None
    type_id: UUID | None = None
    holidays: bool = False


class WindowSchema(Schema):
    """A window of time, and of what in it is asked for."""

    start = Moment(required=True, data_key="from")
    end = Moment(required=True, data_key="to")
    resource_id = fields.UUID()
    type_id = fields.UUID()
    holidays = fields.Boolean()

    @validates_schema
    def _forward(self, data: dict[str, Any], **_: Any) -> None:
        check_forward(data["start"], data["end"], "to")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> WindowAsked:
        start: datetime = data.pop("start")
        return WindowAsked(Span(start, data.pop("end")), **data)


class MadeSchema(Schema):
    """What was made."""

    id = fields.UUID(required=True)


class SessionShownSchema(Schema):
    """A session on one weekday; its id is what to edit."""

    id = fields.UUID(required=True)
    weekday = fields.Integer(required=True)
    kind = fields.Enum(Offered, by_value=True, attribute="session.kind", required=True)
    start = fields.Time(format=_CLOCK, attribute="session.start", required=True)
    end = fields.Time(format=_CLOCK, attribute="session.end", required=True)
    slot_minutes = fields.Integer(attribute="session.slot_minutes", required=True)
    tokens_per_slot = fields.Integer(attribute="session.tokens_per_slot", required=True)
    label = fields.String(attribute="session.label", required=True)
    every_weeks = fields.Integer(attribute="session.every_weeks", required=True)
    nth = fields.List(fields.Integer(), attribute="session.nth", required=True)
    type_ids = fields.List(fields.UUID(), required=True)


class VersionSchema(Schema):
    """One version; replaced before it held, it ends the day before it begins."""

    id = fields.UUID(required=True)
    resource_id = fields.UUID(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_till = fields.Date(required=True, allow_none=True)
    sessions = fields.List(fields.Nested(SessionShownSchema), required=True)


class VersionsSchema(Schema):
    schedules = fields.List(fields.Nested(VersionSchema), required=True)


class ExceptionSchema(SpanSchema):
    """Time away or added; `everywhere` means in every facility."""

    id = fields.UUID(required=True)
    resource_id = fields.UUID(required=True, allow_none=True)
    everywhere = fields.Boolean(required=True)
    is_available = fields.Boolean(required=True)
    kind = fields.Enum(Offered, by_value=True, required=True)
    slot_minutes = fields.Integer(required=True)
    tokens_per_slot = fields.Integer(required=True)
    reason = fields.String(required=True)


class ExceptionsSchema(Schema):
    exceptions = fields.List(fields.Nested(ExceptionSchema), required=True)


class MaintenanceSchema(SpanSchema):
    """Time out of service; one `series` for all that repeat together."""

    id = fields.UUID(required=True)
    resource_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    series = fields.UUID(required=True, allow_none=True)


class MaintenancesSchema(Schema):
    maintenance = fields.List(fields.Nested(MaintenanceSchema), required=True)


class OfferableSchema(Schema):
    """Whether a span is offered, and why not."""

    offered = fields.Boolean(required=True)
    kind = fields.Enum(Offered, by_value=True, required=True, allow_none=True)
    reason = fields.String(required=True)
    why = fields.String(required=True)


class StrandedOneSchema(SpanSchema):
    """A live booking whose place nothing offers."""

    appointment = fields.Nested(AppointmentSchema, required=True)
    resource_id = fields.UUID(attribute="resource.public_id", required=True)
    resource = fields.String(attribute="resource.name", required=True)
    reason = fields.String(required=True)
    why = fields.String(required=True)


class StrandedSchema(Schema):
    stranded = fields.List(fields.Nested(StrandedOneSchema), required=True)
