"""Facilities, departments, resources and types as JSON."""

from marshmallow import Schema, fields

from app.directory.kinds import Category, ResourceKind


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
    """A department of a facility."""

    id = public_id()
    name = fields.String(required=True)


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


class TypeBriefSchema(Schema):
    """A reason to come."""

    id = public_id()
    code = fields.String(required=True)
    name = fields.String(required=True)
    category = fields.Enum(Category, by_value=True, required=True)


class TypeSchema(TypeBriefSchema):
    """A reason to come, with its usual length."""

    minutes = fields.Integer(required=True)


class FacilitiesSchema(Schema):
    facilities = fields.List(fields.Nested(FacilitySchema), required=True)


class DepartmentsSchema(Schema):
    departments = fields.List(fields.Nested(DepartmentSchema), required=True)


class ResourcesSchema(Schema):
    resources = fields.List(fields.Nested(ResourceSchema), required=True)


class TypesSchema(Schema):
    types = fields.List(fields.Nested(TypeSchema), required=True)
