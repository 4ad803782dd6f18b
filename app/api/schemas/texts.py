"""What messages say, as JSON: words of a kind, in a language, for a channel."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate
from msgspec import Struct

from app.notifications.kinds import OUTWARD, Channel, Told

_WRITTEN = validate.Length(1, 4000)
_CHANNELS = [each.value for each in OUTWARD]


class TextSchema(Schema):
    """
    The words of a kind: the facility's own, or the usual ones.

    `template_id` is under what they are registered with carriers: a DLT id with its
    `sender` for SMS, the name of an approved template for WhatsApp.
    """

    kind = fields.Enum(Told, by_value=True, required=True)
    language = fields.String(required=True)
    channel = fields.Enum(
        Channel, by_value=True, required=True, metadata={"enum": _CHANNELS}
    )
    written = fields.String(required=True)
    own = fields.Boolean(required=True)
    template_id = fields.String(required=True)
    sender = fields.String(required=True)


class TextOfKindSchema(TextSchema):
    """A text, and the variables that it may name."""

    variables = fields.List(fields.String(), required=True)


class TextsSchema(Schema):
    """Texts of a facility; with `registered_only`, no other go to phones."""

    texts = fields.List(fields.Nested(TextSchema), required=True)
    registered_only = fields.Boolean(required=True)


class TextsAskedSchema(Schema):
    """Of which channel, and of that maybe one kind or one language."""

    channel = fields.String(load_default="sms", validate=validate.OneOf(_CHANNELS))
    kind = fields.Enum(Told, by_value=True)
    language = fields.String()


class Writing(Struct, frozen=True):
    """Words as they are to be, and under what they are registered."""

    written: str
    template_id: str = ""
    sender: str = ""
    unregister: bool = False


class WritingSchema(Schema):
    """
    Words to be said from now on; registered ones keep their id only as they are.

    Other words need another `template_id`, or `unregister`, which takes it away.
    """

    written = fields.String(required=True, validate=_WRITTEN)
    template_id = fields.String(load_default="", validate=validate.Length(max=100))
    sender = fields.String(load_default="", validate=validate.Length(max=6))
    unregister = fields.Boolean(load_default=False)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Writing:
        return Writing(**data)


class TryingSchema(Schema):
    """Words to look at; nothing is kept of them."""

    written = fields.String(required=True, validate=_WRITTEN)


class SeenTextSchema(Schema):
    """How a text reads with what is made up, and as how many SMS it goes."""

    language = fields.String(required=True)
    says = fields.String(required=True)
    sms_parts = fields.Integer(required=True)


class SeenTextsSchema(Schema):
    """The words in question first, then the other languages as they stand."""

    texts = fields.List(fields.Nested(SeenTextSchema), required=True)


class RegisteredOnlySchema(Schema):
    """Whether registered texts alone go out by SMS and WhatsApp."""

    registered_only = fields.Boolean(required=True)
