"""What callers order: loaded into booking's own orders."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

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
from app.booking.kinds import Priority, Role
from app.booking.views import Link, NewPlace, NewTimed, NewToken, Override, Want
from app.core.spans import Span

T = TypeVar("T")

# An order that still lacks what the address and the headers say.
Order = Callable[..., T]


def check_forward(start: datetime, end: datetime, field: str) -> None:
    """Refuse a span that ends before it starts, by the name of its end."""
    if end <= start:
        raise ValidationError("The end must come after the start.", field)


class NewTokenSchema(Schema):
    """A token wanted in the slot that starts at `starts_at`."""

    resource_id = fields.UUID(required=True)
    patient_id = fields.UUID(required=True)
    type_id = fields.UUID(required=True)
    starts_at = Moment(required=True)
    note = Text(most=500)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Order[NewToken]:
        return partial(NewToken, **data)


class BookTokenSchema(NewTokenSchema):
    """
    A token to be booked now.

    `request` asks for approval although the caller could book, `overbook` goes beyond
    the slot's tokens as far as a rule allows, `override_reason` sets rules aside.
    `entry_id` names who waits for it: with the booking they are off the waitlist.
    """

    entry_id = fields.UUID()
    request = fields.Boolean()
    overbook = fields.Boolean()
    override_reason = Text(least=1, most=200)

    @post_load
    def make(self, data: dict[str, Any], **more: Any) -> Any:
        return super().make(_overridden(data), **more)


class WantSchema(Schema):
    """A resource wanted, for the whole appointment or a part of the time."""

    resource_id = fields.UUID(required=True)
    starts_at = Moment()
    ends_at = Moment()

    @validates_schema
    def _both_or_none(self, data: dict[str, Any], **_: Any) -> None:
        start, end = data.get("starts_at"), data.get("ends_at")
        if (start is None) != (end is None):
            lacking = "starts_at" if start is None else "ends_at"
            raise ValidationError("Give both ends of the part, or neither.", lacking)
        if start is not None and end is not None:
            check_forward(start, end, "ends_at")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Want:
        part = Span(data["starts_at"], data["ends_at"]) if "starts_at" in data else None
        return Want(data["resource_id"], part)


class LinkSchema(Schema):
    """An object the appointment is for, such as a procedure."""

    kind = Text(least=1, most=40, required=True)
    id = fields.UUID(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Link:
        return Link(**data)


class TakingPartSchema(Schema):
    """Who comes too, and as what: a group has patients, a child a guardian."""

    patient_id = fields.UUID(required=True)
    role = fields.Enum(Role, by_value=True, load_default=Role.PATIENT)


class NewTimedSchema(Schema):
    """A timed booking wanted; without `ends_at` it takes the minutes of its type."""

    patient_id = fields.UUID(required=True, allow_none=True)
    type_id = fields.UUID(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(allow_none=True)
    resources = fields.List(
        fields.Nested(WantSchema), required=True, validate=validate.Length(1, 20)
    )
    note = Text(most=500)
    priority = Whole(
        least=Priority.EMERGENCY,
        most=Priority.ELECTIVE,
        metadata={"description": "1 is an emergency, 5 elective"},
    )
    link = fields.Nested(LinkSchema)
    participants = fields.List(
        fields.Nested(TakingPartSchema),
        validate=validate.Length(max=50),
        metadata={"description": "Who comes beside `patient_id`"},
    )

    @validates_schema
    def _forward(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("ends_at") is not None:
            check_forward(data["starts_at"], data["ends_at"], "ends_at")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Order[NewTimed]:
        data["resources"] = tuple(data["resources"])
        if "priority" in data:
            data["priority"] = Priority(data["priority"])
        also = data.pop("participants", [])
        data["also_patients"] = tuple(each["patient_id"] for each in also)
        data["roles"] = {each["patient_id"]: each["role"] for each in also}
        return partial(NewTimed, **data)


class BookTimedSchema(NewTimedSchema):
    """
    A timed booking to be made now.

    `request` asks for approval although the caller could book; `override_reason` sets
    rules aside, `double_book_reason` lets it stand beside what is in its way.
    `entry_id` names who waits for it: with the booking they are off the waitlist.
    """

    entry_id = fields.UUID()
    request = fields.Boolean()
    override_reason = Text(least=1, most=200)
    double_book_reason = Text(least=1, most=200)

    @post_load
    def make(self, data: dict[str, Any], **more: Any) -> Any:
        why = data.pop("double_book_reason", None)
        if why is not None:
            data["double_book"] = Override(why)
        return super().make(_overridden(data), **more)


def _overridden(data: dict[str, Any]) -> dict[str, Any]:
    why = data.pop("override_reason", None)
    return data if why is None else data | {"override": Override(why)}


class NewPlaceSchema(Schema):
    """Where an appointment shall go; what is left out stays as it is."""

    starts_at = Moment(required=True)
    ends_at = Moment(allow_none=True)
    resource_id = fields.UUID(allow_none=True)
    revision = Whole(least=1, allow_none=True)

    @validates_schema
    def _forward(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("ends_at") is not None:
            check_forward(data["starts_at"], data["ends_at"], "ends_at")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewPlace:
        return NewPlace(**data)


class Cancelling(Struct, frozen=True):
    """Why an appointment is cancelled, and the revision the caller saw."""

    reason: str
    revision: int | None = None


class CancellingSchema(Schema):
    """Why an appointment is cancelled."""

    reason = Text(least=1, most=200, required=True)
    revision = Whole(least=1, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Cancelling:
        return Cancelling(**data)
