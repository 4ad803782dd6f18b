"""Queue policies as JSON, and what one would change."""

from marshmallow import Schema, fields, validate

from app.api.fields import Whole
from app.api.schemas.directory import ResourceBriefSchema
from app.api.schemas.queues import ScorePartSchema
from app.queues.kinds import WalkIns


class NewPolicySchema(Schema):
    """How queues shall be ordered; without a department, all that have no policy."""

    department_id = fields.UUID(load_default=None, allow_none=True)
    scoring = fields.String(validate=validate.Length(1, 40))
    settings = fields.Dict(keys=fields.String())
    walk_ins = fields.Enum(WalkIns, by_value=True)
    share = Whole(least=0, most=100)
    skip_places = Whole(least=1, most=50)
    no_show_minutes = Whole(least=0, most=1440)
    long_wait_minutes = Whole(least=1, most=600)
    too_long_wait_minutes = Whole(least=1, most=600)
    come_minutes = Whole(least=0, most=1440)


class PolicySchema(Schema):
    """A version of a policy; the newest of a department holds."""

    id = fields.UUID(required=True)
    department_id = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True)
    scoring = fields.String(required=True)
    settings = fields.Dict(required=True)
    walk_ins = fields.Enum(WalkIns, by_value=True, required=True)
    share = fields.Integer(required=True)
    skip_places = fields.Integer(required=True)
    no_show_minutes = fields.Integer(required=True)
    long_wait_minutes = fields.Integer(required=True)
    too_long_wait_minutes = fields.Integer(required=True)
    come_minutes = fields.Integer(required=True)
    saved_by = fields.String(required=True)
    saved_at = fields.AwareDateTime(required=True)


class PoliciesSchema(Schema):
    policies = fields.List(fields.Nested(PolicySchema), required=True)


class RankSchema(Schema):
    """Where somebody stands, where they would, and why there."""

    entry_id = fields.UUID(required=True)
    token = fields.String(required=True, allow_none=True)
    before = fields.Integer(required=True)
    after = fields.Integer(required=True)
    parts = fields.List(fields.Nested(ScorePartSchema), required=True)


class PreviewSchema(Schema):
    """What a policy would do to a queue of today."""

    queue_id = fields.UUID(required=True)
    resource = fields.Nested(ResourceBriefSchema, required=True)
    ranks = fields.List(fields.Nested(RankSchema), required=True)


class PreviewsSchema(Schema):
    queues = fields.List(fields.Nested(PreviewSchema), required=True)
