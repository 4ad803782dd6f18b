"""Wall boards as JSON."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.api.fields import Text
from app.doors.board_words import LANGUAGES
from app.queues.board_views import BoardChange, Shown
from app.queues.kinds import Privacy

_KNOWN = validate.OneOf(sorted(LANGUAGES))


class BoardSchema(Schema):
    """A board as it is set up; `/board/{code}` shows it to everybody."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    privacy = fields.Enum(Privacy, by_value=True, required=True)
    languages = fields.List(fields.String(), required=True)
    sound = fields.Boolean(required=True)
    active = fields.Boolean(required=True)
    resources = fields.List(fields.UUID(), required=True)
    counters = fields.List(fields.UUID(), required=True)


class BoardsSchema(Schema):
    boards = fields.List(fields.Nested(BoardSchema), required=True)


class ShownSchema(Schema):
    """What a board shows: queues of these resources, and calls to these counters."""

    resources = fields.List(fields.UUID())
    counters = fields.List(fields.UUID())

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Shown:
        return Shown(**{name: tuple(each) for name, each in data.items()})


class NewBoardSchema(Schema):
    """A board to be hung up; without more it shows tokens only, in English."""

    name = Text(least=1, most=80, required=True)
    shows = fields.Nested(ShownSchema, required=True)
    privacy = fields.Enum(Privacy, by_value=True)
    languages = fields.List(fields.String(validate=_KNOWN))
    sound = fields.Boolean()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        if "languages" in data:
            data["languages"] = tuple(data["languages"])
        return self.made(data)

    def made(self, data: dict[str, Any]) -> Any:
        return data


class ChangingBoardSchema(NewBoardSchema):
    """What shall be other; `active` takes it down, `new_code` ends the old address."""

    name = Text(least=1, most=80)
    shows = fields.Nested(ShownSchema)
    active = fields.Boolean()
    new_code = fields.Boolean()

    def made(self, data: dict[str, Any]) -> BoardChange:
        return BoardChange(**data)
