"""Roles, who keeps a place, delegations and the trail as JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate, validates_schema
from msgspec import Struct

from app.accounts.permissions import ON_A_PLACE, Permission, Role
from app.accounts.roles import NewRole
from app.api.fields import Moment, Text
from app.api.schemas.orders import check_forward
from app.core.spans import Span

_CODE = validate.Length(1, 30)


def _permissions(**kwargs: Any) -> fields.List[Any]:
    return fields.List(
        fields.Enum(Permission, by_value=True),
        required=True,
        validate=validate.Length(1, len(Permission)),
        **kwargs,
    )


class RoleSchema(Schema):
    """A role and what it brings; `built_in` ones ship and stay as they are."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)
    built_in = fields.Boolean(required=True)


class RolesSchema(Schema):
    roles = fields.List(fields.Nested(RoleSchema), required=True)


class ChangedRoleSchema(Schema):
    """What a role of the hospital's own is called and brings from now on."""

    name = Text(least=1, most=80, required=True)
    permissions = _permissions()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"permissions": frozenset(data["permissions"])}


class NewRoleSchema(ChangedRoleSchema):
    """A role of the hospital's own."""

    code = fields.String(required=True, validate=_CODE)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewRole:
        return NewRole(data["code"], data["name"], frozenset(data["permissions"]))


class Giving(Struct, frozen=True):
    """A role for somebody: everywhere, or for one of these."""

    role: str
    facility_id: UUID | None = None
    department_id: UUID | None = None
    resource_id: UUID | None = None


class GivingSchema(Schema):
    """A role to give or take: everywhere, or in a facility, or for one part of it."""

    role = fields.String(required=True, validate=_CODE)
    facility_id = fields.UUID(allow_none=True)
    department_id = fields.UUID(allow_none=True)
    resource_id = fields.UUID(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Giving:
        return Giving(**data)


class RoleGivenSchema(Schema):
    """A role somebody has; what is null holds for all."""

    username = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    facility_id = fields.UUID(required=True, allow_none=True)
    department_id = fields.UUID(required=True, allow_none=True)
    resource_id = fields.UUID(required=True, allow_none=True)


class RolesGivenSchema(Schema):
    assignments = fields.List(fields.Nested(RoleGivenSchema), required=True)


class ChangeSchema(Schema):
    """Whether it made a difference: giving twice changes nothing."""

    changed = fields.Boolean(required=True)


class OnPlace(Struct, frozen=True):
    username: str
    role: Role


class OnPlaceSchema(Schema):
    """What somebody is to a place: its owner, its manager, or authorised to book it."""

    username = Text(least=1, most=60, required=True)
    role = fields.Enum(
        Role, by_value=True, required=True, validate=validate.OneOf(ON_A_PLACE)
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> OnPlace:
        return OnPlace(**data)


class OpeningPlaceSchema(Schema):
    """Who books a place; what is left out stays."""

    restricted = fields.Boolean(
        metadata={"description": "Only its keepers and who is authorised book it"}
    )
    needs_approval = fields.Boolean(
        metadata={"description": "A booking is a request until a keeper approves"}
    )


class PlaceSchema(Schema):
    """A place as it is open to bookings, and who keeps it."""

    id = fields.UUID(attribute="public_id", required=True)
    name = fields.String(required=True)
    restricted = fields.Boolean(required=True)
    needs_approval = fields.Boolean(required=True)


class KeepersSchema(Schema):
    """Who owns and manages a place, and who is authorised to book it."""

    place = fields.Nested(PlaceSchema, required=True)
    owners = fields.List(fields.String(), required=True)
    managers = fields.List(fields.String(), required=True)
    authorised = fields.List(fields.String(), required=True)


class Lending(Struct, frozen=True):
    """What is to be lent, as outside ids name it."""

    to: str
    permissions: frozenset[Permission]
    facility_id: UUID
    resource_ids: tuple[UUID, ...]
    during: Span


class LendingSchema(Schema):
    """Permissions over resources of a facility, lent to somebody for a span."""

    to = Text(least=1, most=60, required=True)
    permissions = _permissions()
    facility_id = fields.UUID(required=True)
    resource_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(1, 100)
    )
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)

    @validates_schema
    def _forward(self, data: dict[str, Any], **_: Any) -> None:
        check_forward(data["starts_at"], data["ends_at"], "ends_at")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Lending:
        return Lending(
            to=data["to"],
            permissions=frozenset(data["permissions"]),
            facility_id=data["facility_id"],
            resource_ids=tuple(data["resource_ids"]),
            during=Span(data["starts_at"], data["ends_at"]),
        )


class DelegationSchema(Schema):
    """What somebody lent to somebody; its id is what On-Behalf-Of takes."""

    id = fields.UUID(required=True)
    lender = fields.String(required=True)
    borrower = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)
    facility_id = fields.UUID(required=True, allow_none=True)
    resource_ids = fields.List(fields.UUID(), required=True)
    starts_at = fields.AwareDateTime(attribute="during.start", required=True)
    ends_at = fields.AwareDateTime(attribute="during.end", required=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


class DelegationsSchema(Schema):
    """What is lent to the caller at this moment, and what they ever lent."""

    lent_to_me = fields.List(fields.Nested(DelegationSchema), required=True)
    lent_by_me = fields.List(fields.Nested(DelegationSchema), required=True)


class AllDelegationsSchema(Schema):
    delegations = fields.List(fields.Nested(DelegationSchema), required=True)


class Lent(Struct, frozen=True):
    """A delegation with outside ids."""

    id: UUID
    lender: str
    borrower: str
    permissions: tuple[str, ...]
    facility_id: UUID | None
    resource_ids: tuple[UUID, ...]
    during: Span
    revoked_at: datetime | None


class TrailLineSchema(Schema):
    """One thing that was done: by whom, on whose behalf, when."""

    at = fields.AwareDateTime(required=True)
    who = fields.String(
        required=True, metadata={"description": "As in: Meena on behalf of Dr Rao"}
    )
    action = fields.String(required=True)


class TrailSchema(Schema):
    lines = fields.List(fields.Nested(TrailLineSchema), required=True)
