"""Rules of booking as JSON."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.api.fields import Whole
from app.booking.setting import NewRule


class NewRuleSchema(Schema):
    """A rule to be set; what is null or left out holds for all."""

    kind = fields.String(required=True, validate=validate.Length(1, 40))
    settings = fields.Dict(keys=fields.String(), load_default=dict)
    facility_id = fields.UUID(allow_none=True)
    department_id = fields.UUID(allow_none=True)
    resource_id = fields.UUID(allow_none=True)
    type_id = fields.UUID(allow_none=True)
    position = Whole(least=0, most=10_000)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewRule:
        return NewRule(**data)


class RuleSchema(Schema):
    """A rule as it stands; what is null holds for all."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    settings = fields.Dict(required=True)
    facility_id = fields.UUID(required=True, allow_none=True)
    department_id = fields.UUID(required=True, allow_none=True)
    resource_id = fields.UUID(required=True, allow_none=True)
    type_id = fields.UUID(required=True, allow_none=True)
    position = fields.Integer(required=True)


class RulesSchema(Schema):
    rules = fields.List(fields.Nested(RuleSchema), required=True)
