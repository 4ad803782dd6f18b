"""Leave and maintenance over bookings as JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate
from msgspec import Struct

from app.api.fields import Moment, Text
from app.api.schemas.appointments import AppointmentSchema
from app.api.schemas.directory import FacilityBriefSchema, ResourceBriefSchema
from app.api.schemas.hours import MaintenanceAsked, NewMaintenanceSchema
from app.api.schemas.slots import SpanSchema
from app.booking.applying import MOST
from app.booking.kinds import Cause, Fate, Policy, ProposalIs, Remedy, Task
from app.booking.views import Absence, Chosen, Handling, Once


class AbsenceAsked(Struct, frozen=True):
    """An absence that still lacks the facility of its address."""

    resource_id: UUID
    ends_at: datetime
    starts_at: datetime | None = None
    reason: str = ""
    everywhere: bool = False

    def order(self, facility: UUID, once: Once | None) -> Absence:
        """Make the order of it."""
        return Absence(
            facility_id=facility,
            resource_id=self.resource_id,
            ends_at=self.ends_at,
            starts_at=self.starts_at,
            reason=self.reason,
            everywhere=self.everywhere,
            once=once,
        )


class AbsenceSchema(Schema):
    """
    Who is away until when; without `starts_at` from now on.

    `everywhere` means in every facility they serve.
    """

    resource_id = fields.UUID(required=True)
    starts_at = Moment()
    ends_at = Moment(required=True)
    reason = Text(most=200)
    everywhere = fields.Boolean(truthy={True}, falsy={False})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> AbsenceAsked:
        return AbsenceAsked(**data)


class BookingPolicySchema(Schema):
    """What becomes of one booking in the way."""

    appointment_id = fields.UUID(required=True)
    policy = fields.Enum(Policy, by_value=True, required=True)


class Planned(Struct, frozen=True):
    """Maintenance, and what becomes of the bookings in its way."""

    asked: MaintenanceAsked
    policy: Policy
    choices: dict[UUID, Policy]

    def handling(self, once: Once | None) -> Handling:
        """Say what becomes of each booking."""
        return Handling(self.policy, self.choices, once)


class PlannedMaintenanceSchema(NewMaintenanceSchema):
    """
    Time out of service, and what becomes of bookings in the way.

    Around them, with them moved, or with them notified; `choices` names the ones for
    which something else holds.
    """

    policy = fields.Enum(Policy, by_value=True, required=True)
    choices = fields.List(
        fields.Nested(BookingPolicySchema),
        load_default=list,
        validate=validate.Length(max=MOST),
    )

    @post_load
    def make(self, data: dict[str, Any], **more: Any) -> Any:
        policy, choices = data.pop("policy"), data.pop("choices")
        named = {each["appointment_id"]: each["policy"] for each in choices}
        return Planned(super().make(data, **more), policy, named)


class TakingSchema(Schema):
    """The proposal chosen for an appointment."""

    appointment_id = fields.UUID(required=True)
    proposal_id = fields.UUID(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Chosen:
        return Chosen(**data)


class ApplyingSchema(Schema):
    """Which proposals shall be taken, one for each appointment."""

    choices = fields.List(
        fields.Nested(TakingSchema), required=True, validate=validate.Length(1, MOST)
    )


class ListingSchema(Schema):
    """Which appointments shall wait on the rebooking list."""

    appointments = fields.List(
        fields.UUID(), required=True, validate=validate.Length(1, MOST)
    )


class ProposalSchema(SpanSchema):
    """A place held until `expires_at`; after that it is taken only if still free."""

    id = fields.UUID(required=True)
    remedy = fields.Enum(Remedy, by_value=True, required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    status = fields.Enum(ProposalIs, by_value=True, required=True)
    expires_at = fields.AwareDateTime(required=True)
    held = fields.Boolean(required=True)


class CascadeItemSchema(Schema):
    """
    An affected appointment, where it was, and what became of it.

    `code` says why it could not be moved, or not go back; `ordered` what is to be done
    with it and is not done yet.
    """

    appointment = fields.Nested(AppointmentSchema, required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    was_starts_at = fields.AwareDateTime(attribute="was.start", required=True)
    was_ends_at = fields.AwareDateTime(attribute="was.end", required=True)
    policy = fields.Enum(Policy, by_value=True, required=True)
    fate = fields.Enum(Fate, by_value=True, required=True)
    code = fields.String(required=True, allow_none=True)
    proposals = fields.List(fields.Nested(ProposalSchema), required=True)
    ordered = fields.Enum(Task, by_value=True, required=True, allow_none=True)


class WorkSchema(Schema):
    """Work under way: of `number` appointments, `left` are not done yet."""

    task = fields.Enum(Task, by_value=True, required=True)
    number = fields.Integer(required=True)
    left = fields.Integer(required=True)


class CascadeHeadSchema(SpanSchema):
    id = fields.UUID(required=True)
    cause = fields.Enum(Cause, by_value=True, required=True)
    facility = fields.Nested(FacilityBriefSchema, required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    reason = fields.String(required=True)
    made_by = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    undone_at = fields.AwareDateTime(required=True, allow_none=True)
    work = fields.List(fields.Nested(WorkSchema), required=True)


class CascadeSchema(CascadeHeadSchema):
    """
    Leave or maintenance with every appointment it meets.

    Of many, what was ordered is done one after another: `work` says how far it has
    come, and is empty when all is done.
    """

    items = fields.List(fields.Nested(CascadeItemSchema), required=True)


class CascadeLineSchema(CascadeHeadSchema):
    """Leave or maintenance in a list: `counts` has how many appointments by fate."""

    counts = fields.Dict(
        keys=fields.Enum(Fate, by_value=True), values=fields.Integer(), required=True
    )


class CascadesSchema(Schema):
    cascades = fields.List(fields.Nested(CascadeLineSchema), required=True)


class AppliedSchema(Schema):
    """What came of one choice; `code` says why nothing did, unless it is pending."""

    appointment_id = fields.UUID(required=True)
    proposal_id = fields.UUID(required=True)
    moved = fields.Boolean(required=True)
    code = fields.String(required=True, allow_none=True)
    pending = fields.Boolean(required=True)


class AppliedAllSchema(Schema):
    """What came of each choice, and how everything stands now."""

    results = fields.List(fields.Nested(AppliedSchema), required=True)
    cascade = fields.Nested(CascadeSchema, required=True)
