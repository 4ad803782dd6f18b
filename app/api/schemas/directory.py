"""Facilities, departments, resources and types as JSON."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.api.fields import Text, Whole
from app.directory.kinds import Category, ResourceKind
from app.directory.service import (
    MOST_FOLLOW_UP_DAYS,
    MOST_MACHINES,
    MOST_REMINDER_HOURS,
    NewMember,
    NewTeam,
    NewType,
    TypeChange,
)

# As much as its column holds.
_TOO_MUCH = 10**10


class Price(fields.Decimal):
    """An amount of money, exact to its second decimal, as text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(as_string=True, metadata={"type": "string"}, **kwargs)

    def _validated(self, value: Any) -> Decimal:
        number: Decimal = super()._validated(value)
        if not 0 <= number < _TOO_MUCH or round(number, 2) != number:
            raise self.make_error("invalid", input=value)
        return number


def _minutes_of(name: str) -> Callable[[Any], int | None]:
    """Tell a length of time in minutes."""

    def minutes(told: Any) -> int | None:
        length = getattr(told, name)
        return None if length is None else length // timedelta(minutes=1)

    return minutes


def public_id() -> fields.UUID:
    """Dump the id a thing has outside; row numbers never leave."""
    return fields.UUID(attribute="public_id", required=True)


class FacilityBriefSchema(Schema):
    """A facility, as far as a booking needs it."""

    id = public_id()
    name = fields.String(required=True)
    zone = fields.String(
        attribute="zone.key",
        required=True,
        metadata={"description": "IANA name of its time zone"},
    )


class FacilitySchema(FacilityBriefSchema):
    """A hospital or clinic."""

    slug = fields.String(required=True)
    address = fields.String(required=True)
    phone = fields.String(required=True)
    region = fields.String(
        required=True,
        metadata={"description": "Country whose phone numbers need no code there"},
    )
    active = fields.Boolean(required=True)


class DepartmentSchema(Schema):
    """A department of a facility; out of use, nothing new is for it."""

    id = public_id()
    name = fields.String(required=True)
    active = fields.Boolean(required=True)


class ResourceBriefSchema(Schema):
    """A resource, as far as a booking needs it."""

    id = public_id()
    code = fields.String(required=True)
    kind = fields.Enum(ResourceKind, by_value=True, required=True)
    name = fields.String(required=True)


class ResourceSchema(ResourceBriefSchema):
    """Anything that can be scheduled, as it serves in one facility."""

    department = fields.String(required=True)
    place = fields.String(required=True)
    token_prefix = fields.String(required=True, allow_none=True)
    capacity = fields.Integer(required=True)
    active = fields.Boolean(required=True)
    schedule_only = fields.Boolean(
        required=True,
        metadata={
            "description": "Without hours of its own it is not there; otherwise a"
            " chair, room or machine follows the facility's"
        },
    )


class ResourceChangeSchema(Schema):
    """What of a resource shall be another; what is left out stays."""

    name = Text(least=1, most=120)
    capacity = Whole(least=1)
    active = fields.Boolean(truthy={True}, falsy={False})
    schedule_only = fields.Boolean(truthy={True}, falsy={False})
    buffer_before = Whole(least=0, most=240, metadata={"description": "Minutes"})
    buffer_after = Whole(least=0, most=240, metadata={"description": "Minutes"})


class TypeBriefSchema(Schema):
    """A reason to come."""

    id = public_id()
    code = fields.String(required=True)
    name = fields.String(required=True)
    category = fields.Enum(Category, by_value=True, required=True)


class TypeSchema(TypeBriefSchema):
    """A reason to come: how long it usually takes, and what it needs."""

    minutes = fields.Integer(required=True)
    reminder_hours = fields.Integer(required=True)
    price = Price(required=True, allow_none=True)
    buffer_before = fields.Function(_minutes_of("buffer_before"), required=True)
    buffer_after = fields.Function(_minutes_of("buffer_after"), required=True)
    requires_chair = fields.Boolean(required=True)
    requires_room = fields.Boolean(required=True)
    room_capability = fields.String(required=True)
    equipment = fields.List(fields.String(), required=True)
    needs_approval = fields.Boolean(required=True)
    public = fields.Boolean(required=True)
    follow_up_days = fields.Integer(required=True)
    active = fields.Boolean(required=True)


class NewTypeSchema(Schema):
    """
    A reason to come; times are minutes.

    A required room is a consulting room, unless `room_capability` says what it must be
    able to do. `equipment` names what machines must be able to do, one machine each.
    """

    code = Text(least=1, most=40, required=True)
    name = Text(least=1, most=80, required=True)
    category = fields.Enum(Category, by_value=True, required=True)
    minutes = Whole(least=5, most=1440, required=True)
    reminder_hours = Whole(
        least=0,
        most=MOST_REMINDER_HOURS,
        metadata={"description": "So long before patients are reminded; 0 is never"},
    )
    price = Price(allow_none=True)
    buffer_before = Whole(least=0, most=240)
    buffer_after = Whole(least=0, most=240)
    requires_chair = fields.Boolean()
    requires_room = fields.Boolean()
    room_capability = Text(most=40)
    equipment = fields.List(
        Text(least=1, most=40), validate=validate.Length(max=MOST_MACHINES)
    )
    needs_approval = fields.Boolean()
    public = fields.Boolean(metadata={"description": "Patients book it themselves"})
    follow_up_days = Whole(
        least=1,
        most=MOST_FOLLOW_UP_DAYS,
        metadata={"description": "So long after a visit patients book a follow-up"},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewType:
        data["equipment"] = tuple(data.get("equipment", ()))
        return NewType(**data)


class TypeChangeSchema(NewTypeSchema):
    """A reason to come as it shall be; out of use, it is not booked any more."""

    active = fields.Boolean()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> TypeChange:
        data["equipment"] = tuple(data.get("equipment", ()))
        return TypeChange(**data)


class DurationSchema(Schema):
    """How many minutes a type takes with a resource; null is as with anybody."""

    minutes = Whole(least=5, most=1440, required=True, allow_none=True)


class OwnDurationSchema(Schema):
    """A resource with which a type takes a time of its own."""

    resource_id = fields.UUID(required=True)
    minutes = fields.Integer(required=True)


class DurationsSchema(Schema):
    durations = fields.List(fields.Nested(OwnDurationSchema), required=True)


class NewMemberSchema(Schema):
    """
    A member of a team and its own part of the time, in minutes.

    `offset` counts from the start of an appointment; without `minutes` the part lasts
    until its end.
    """

    resource_id = fields.UUID(required=True)
    role = Text(most=40)
    offset = Whole(least=-1440, most=1440)
    minutes = Whole(least=1, most=1440, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewMember:
        return NewMember(**data)


class MembersSchema(Schema):
    """Who is in a team; the first is whose list its bookings stand in."""

    members = fields.List(
        fields.Nested(NewMemberSchema), required=True, validate=validate.Length(max=20)
    )


class NewTeamSchema(MembersSchema):
    """A team of resources that serve in the facility."""

    code = Text(least=1, most=40, required=True)
    name = Text(least=1, most=120, required=True)
    department_id = fields.UUID()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewTeam:
        return NewTeam(**data | {"members": tuple(data["members"])})


class MemberSchema(Schema):
    """A member of a team; parts are minutes from the start of an appointment."""

    resource_id = fields.UUID(required=True)
    role = fields.String(required=True)
    offset = fields.Function(_minutes_of("offset"), required=True)
    minutes = fields.Function(_minutes_of("length"), required=True)


class TeamSchema(Schema):
    """A team and who is in it."""

    team = fields.Nested(ResourceSchema, required=True)
    members = fields.List(fields.Nested(MemberSchema), required=True)


class FacilitiesSchema(Schema):
    facilities = fields.List(fields.Nested(FacilitySchema), required=True)


class DepartmentsSchema(Schema):
    departments = fields.List(fields.Nested(DepartmentSchema), required=True)


class ResourcesSchema(Schema):
    resources = fields.List(fields.Nested(ResourceSchema), required=True)


class TypesSchema(Schema):
    types = fields.List(fields.Nested(TypeSchema), required=True)
