"""Problem documents, as the OpenAPI document describes them."""

from marshmallow import Schema, fields

from app.api.schemas.slots import OpeningSchema


class FieldProblemSchema(Schema):
    """What is wrong with one field."""

    field = fields.String(required=True)
    detail = fields.String(required=True)


class ClashSchema(Schema):
    """What stands in the way; whose it is, only its reference tells."""

    resource = fields.String(required=True)
    starts_at = fields.AwareDateTime(attribute="span.start", required=True)
    ends_at = fields.AwareDateTime(attribute="span.end", required=True)
    reference = fields.String(required=True, allow_none=True)


class ProblemSchema(Schema):
    """A refusal (RFC 9457). `code` is stable; `instance` names it in our logs."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    instance = fields.String(required=True)
    field = fields.String()
    errors = fields.List(fields.Nested(FieldProblemSchema))
    rule = fields.String(metadata={"description": "The kind of rule that refuses"})
    override = fields.String(
        metadata={"description": "Who has this permission may override the rule"}
    )
    clashes = fields.List(fields.Nested(ClashSchema))
    alternatives = fields.List(fields.Nested(OpeningSchema))
