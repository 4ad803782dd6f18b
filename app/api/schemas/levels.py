"""Priority levels of queues as JSON."""

from typing import Any

from marshmallow import Schema, fields, post_load

from app.api.fields import Text, Whole
from app.queues.levels import MOST_MINUTES
from app.queues.views import NewLevel


class QueueLevelSchema(Schema):
    """How pressing a visit can be; what a shipped one weighs, the policies say."""

    id = fields.UUID(required=True)
    code = fields.String(
        required=True, metadata={"description": "As check-ins name it"}
    )
    name = fields.String(required=True)
    says = fields.String(required=True)
    minutes = fields.Integer(required=True)
    active = fields.Boolean(required=True)
    shipped = fields.Boolean(required=True)


class LevelsSchema(Schema):
    """Levels, what goes first first."""

    levels = fields.List(fields.Nested(QueueLevelSchema), required=True)


class _LevelSchema(Schema):
    name = Text(least=1, most=40, required=True)
    says = Text(most=120, load_default="")
    minutes = Whole(least=0, most=MOST_MINUTES, load_default=0)


class NewLevelSchema(_LevelSchema):
    """A level to be added; `minutes` is how much sooner it makes somebody due."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewLevel:
        return NewLevel(**data)


class LevelChangeSchema(_LevelSchema):
    """A level as it shall be."""

    active = fields.Boolean(required=True, truthy={True}, falsy={False})
