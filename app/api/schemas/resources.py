"""The resources of appointments, what is free of them, and how much is used."""

from collections.abc import Mapping
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

from app.api.fields import Moment, Text
from app.api.schemas.appointments import ClaimSchema
from app.api.schemas.directory import ResourceBriefSchema, TypeBriefSchema
from app.api.schemas.orders import WantSchema, check_forward
from app.api.schemas.slots import DaySlotsSchema, PlainSpanSchema, SpanSchema
from app.booking.kinds import Outcome, Trouble
from app.booking.states import Status
from app.booking.utilization import Utilization
from app.booking.views import AppointmentView, Arrangement, Override, Want
from app.core.spans import Span
from app.directory.kinds import ResourceKind

DEFINITION = (
    "share = booked minutes / available minutes. Available: what a resource offers"
    " after leave and maintenance, times how many it holds at once. Booked: what"
    " appointments use of the available time; a token slot counts by the share of its"
    " tokens given. Maintenance and overridden bookings are counted apart."
)


class AssignedSchema(ClaimSchema):
    """A resource of an appointment: when, since when, by whom and how."""

    assigned_by = fields.String(required=True)
    assigned_at = fields.AwareDateTime(required=True)
    overridden = fields.Boolean(required=True)


class EquipmentSchema(Schema):
    """A machine of an appointment."""

    equipment_id = fields.UUID(attribute="resource.public_id", required=True)
    assigned_at = fields.AwareDateTime(required=True)
    assigned_by = fields.String(required=True)


class AssignmentsSchema(Schema):
    """What an appointment has: its chair, its room, its machines, and all of it."""

    appointment_id = fields.UUID(required=True)
    revision = fields.Integer(required=True)
    chair_id = fields.UUID(required=True, allow_none=True)
    room_id = fields.UUID(required=True, allow_none=True)
    equipment_assignments = fields.List(fields.Nested(EquipmentSchema), required=True)
    resources = fields.List(fields.Nested(AssignedSchema), required=True)


def assignments(told: AppointmentView) -> Mapping[str, Any]:
    """Lay an appointment's resources out by their kind."""

    def first(*kinds: ResourceKind) -> UUID | None:
        has = [claim.resource for claim in told.resources]
        own = [each for each in (*has, told.resource) if each.kind in kinds]
        return own[0].public_id if own else None

    return {
        "appointment_id": told.id,
        "revision": told.revision,
        "chair_id": first(ResourceKind.CHAIR),
        "room_id": first(ResourceKind.ROOM, ResourceKind.LOCATION),
        "equipment_assignments": [
            claim
            for claim in told.resources
            if claim.resource.kind is ResourceKind.EQUIPMENT
        ],
        "resources": told.resources,
    }


class PassedSchema(Schema):
    """A resource that was not chosen, and why."""

    resource = fields.Nested(ResourceBriefSchema, required=True)
    why = fields.String(required=True)
    told = fields.String(required=True)


class ChoiceSchema(Schema):
    """What was chosen for a need, why, and why nothing else was."""

    need = fields.String(required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    why = fields.String(required=True)
    passed = fields.List(fields.Nested(PassedSchema), required=True)


class ChosenSchema(AssignmentsSchema):
    """What an appointment has after its needs were met, and how each was."""

    choices = fields.List(fields.Nested(ChoiceSchema), required=True)


class Arranging(Struct, frozen=True):
    """Which resources are wanted, and why they may be booked twice, if they may."""

    to: Arrangement
    override: Override | None = None


class MachineSchema(Schema):
    """A machine wanted."""

    equipment_id = fields.UUID(required=True)


class ArrangementSchema(Schema):
    """
    Which resources an appointment shall have; what is left out stays as it is.

    Give the whole list as `resources`, or chair, room and machines each by their kind.
    """

    chair_id = fields.UUID(allow_none=True)
    room_id = fields.UUID(allow_none=True)
    equipment_assignments = fields.List(
        fields.Nested(MachineSchema), validate=validate.Length(max=20)
    )
    resources = fields.List(fields.Nested(WantSchema), validate=validate.Length(max=20))
    override_reason = Text(least=1, most=200)

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_: Any) -> None:
        by_kind = data.keys() & {"chair_id", "room_id", "equipment_assignments"}
        if ("resources" in data) == bool(by_kind):
            raise ValidationError(
                "Give the whole list, or chair, room and machines.", "resources"
            )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Arranging:
        why = data.get("override_reason")
        override = None if why is None else Override(why)
        if "resources" in data:
            return Arranging(Arrangement(resources=tuple(data["resources"])), override)
        machines = data.get("equipment_assignments")
        to = Arrangement(
            chairs=_one(data, "chair_id"),
            rooms=_one(data, "room_id"),
            equipment=None
            if machines is None
            else tuple(each["equipment_id"] for each in machines),
        )
        return Arranging(to, override)


def _one(data: dict[str, Any], name: str) -> tuple[UUID, ...] | None:
    if name not in data:
        return None
    return () if data[name] is None else (data[name],)


class Window(Struct, frozen=True):
    """A facility and a window of time, perhaps with kinds of resources."""

    facility_id: UUID
    span: Span
    kind: ResourceKind | None = None
    capability: str | None = None


class WindowSchema(Schema):
    """Which facility, from when until when."""

    facility_id = fields.UUID(required=True)
    from_ = Moment(data_key="from", required=True)
    to = Moment(required=True)

    @validates_schema
    def _forward(self, data: dict[str, Any], **_: Any) -> None:
        check_forward(data["from_"], data["to"], "to")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Window:
        span = Span(data.pop("from_"), data.pop("to"))
        return Window(span=span, **data)


class FreeWindowSchema(WindowSchema):
    """Which facility and kinds of resources, from when until when."""

    kind = fields.Enum(ResourceKind, by_value=True)
    capability = Text(most=40)


class FreeSchema(Schema):
    """What each resource offers in a window, and what of it is free."""

    resources = fields.List(fields.Nested(DaySlotsSchema), required=True)


class UseSchema(SpanSchema):
    """An appointment's use of a resource."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    status = fields.Enum(Status, by_value=True, required=True)
    type = fields.Nested(TypeBriefSchema, required=True)
    with_resources = fields.List(fields.String(), required=True)
    overridden = fields.Boolean(required=True)


class ScheduleSchema(DaySlotsSchema):
    """What a resource offers in a window, and what it is used for."""

    visits = fields.List(fields.Nested(UseSchema), required=True)


class Check(Struct, frozen=True):
    """Resources to be tried, each at its own time."""

    facility_id: UUID
    resources: tuple[Want, ...]
    appointment_id: UUID | None = None


class CheckSchema(Schema):
    """Resources to be tried; `appointment_id` is not in its own way."""

    facility_id = fields.UUID(required=True)
    appointment_id = fields.UUID(allow_none=True)
    resources = fields.List(
        fields.Nested(WantSchema), required=True, validate=validate.Length(1, 20)
    )

    @validates_schema
    def _timed(self, data: dict[str, Any], **_: Any) -> None:
        if any(want.during is None for want in data["resources"]):
            raise ValidationError("Give the time of each.", "resources")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Check:
        return Check(**data | {"resources": tuple(data["resources"])})


class PartySchema(SpanSchema):
    """An appointment in a conflict."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)


class HindranceSchema(SpanSchema):
    """What stands in the way of a resource: when, why, and which appointment."""

    resource = fields.Nested(ResourceBriefSchema, required=True)
    reason = fields.String(required=True)
    told = fields.String(required=True)
    appointment = fields.Nested(PartySchema, required=True, allow_none=True)


class CheckedSchema(Schema):
    free = fields.Boolean(required=True)
    conflicts = fields.List(fields.Nested(HindranceSchema), required=True)


class TallySchema(Schema):
    """Minutes of what `key` names."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    available_minutes = fields.Float(required=True)
    booked_minutes = fields.Float(required=True)
    maintenance_minutes = fields.Float(required=True)
    overridden_minutes = fields.Float(required=True)
    share = fields.Float(required=True, allow_none=True)


class UtilizationSchema(Schema):
    """How much of what is offered is used, and what that means."""

    definition = fields.String(required=True)
    window = fields.Nested(PlainSpanSchema, required=True)
    resources = fields.List(fields.Nested(TallySchema), required=True)
    kinds = fields.List(fields.Nested(TallySchema), required=True)
    departments = fields.List(fields.Nested(TallySchema), required=True)
    days = fields.List(fields.Nested(TallySchema), required=True)
    hours = fields.List(fields.Nested(TallySchema), required=True)


def utilization(told: Utilization) -> Mapping[str, Any]:
    """Lay out the tallies, each list by its own order."""
    by_resource = {
        (str(each.public_id), each.name): tally
        for each, tally in told.resources.items()
    }
    plain: list[tuple[str, Mapping[Any, Any]]] = [
        ("kinds", told.kinds),
        ("departments", told.departments),
        ("days", told.days),
        ("hours", told.hours),
    ]
    answer: dict[str, Any] = {
        name: [_tally(str(key), str(key), tallies[key]) for key in sorted(tallies)]
        for name, tallies in plain
    }
    return answer | {
        "definition": DEFINITION,
        "window": told.window,
        "resources": [_tally(*key, tally) for key, tally in by_resource.items()],
    }


def _tally(key: str, name: str, tally: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "available_minutes": tally.available,
        "booked_minutes": tally.booked,
        "maintenance_minutes": tally.maintenance,
        "overridden_minutes": tally.overridden,
        "share": tally.share,
    }


class ConflictSchema(SpanSchema):
    """Trouble between an appointment and a resource of it."""

    id = fields.UUID(required=True)
    type = fields.Enum(Trouble, by_value=True, required=True)
    status = fields.Enum(Outcome, by_value=True, required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    appointment1 = fields.Nested(PartySchema, attribute="first", required=True)
    appointment2 = fields.Nested(
        PartySchema, attribute="second", required=True, allow_none=True
    )
    found_at = fields.AwareDateTime(required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)


class ConflictsSchema(Schema):
    conflicts = fields.List(fields.Nested(ConflictSchema), required=True)


class ConflictStatusSchema(Schema):
    """Which conflicts; without a status, all."""

    status = fields.Enum(Outcome, by_value=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Outcome | None:
        return data.get("status")


class ReasonSchema(Schema):
    """Why."""

    reason = Text(least=1, most=200, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> str:
        return str(data["reason"])


class InsteadSchema(Schema):
    """Which resource instead."""

    resource_id = fields.UUID(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> UUID:
        found: UUID = data["resource_id"]
        return found
