"""The audit trail as JSON."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate, validates_schema

from app.api.fields import Moment, Text
from app.api.schemas.orders import check_forward
from app.core.spans import Span
from app.reports.audit_queries import Asked


class LineSchema(Schema):
    """One thing that was done, and what it changed from and to."""

    number = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    who = fields.String(
        required=True, metadata={"description": "As in: Meena on behalf of Dr Rao"}
    )
    action = fields.String(required=True)
    kind = fields.String(required=True)
    object_id = fields.String(required=True)
    before = fields.Dict(required=True, allow_none=True)
    after = fields.Dict(required=True, allow_none=True)


class LinesSchema(Schema):
    """Lines, the latest first."""

    lines = fields.List(fields.Nested(LineSchema), required=True)


class FoundSchema(LinesSchema):
    """A page of lines; `more`, where there are any, is the `below` of the next."""

    more = fields.Integer(required=True, allow_none=True)


class SoughtSchema(Schema):
    """What to look for; `who` is a user name, or part of a name."""

    from_ = Moment(data_key="from", required=True)
    to = Moment(required=True)
    who = Text(most=120)
    kind = Text(most=40)
    object_id = Text(most=120)
    facility_id = fields.UUID()
    below = fields.Integer(validate=validate.Range(1, 2**63 - 1))

    @validates_schema
    def _forward(self, data: dict[str, Any], **_: Any) -> None:
        check_forward(data["from_"], data["to"], "to")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[Asked, UUID | None]:
        during = Span(data.pop("from_"), data.pop("to"))
        facility_id: UUID | None = data.pop("facility_id", None)
        return Asked(during, **data), facility_id
