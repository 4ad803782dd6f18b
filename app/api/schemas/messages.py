"""Messages as JSON: what somebody is told, as data and never as a sentence."""

from marshmallow import Schema, fields, validate

from app.notifications.kinds import Channel, Sending, Told


class MessageSchema(Schema):
    """A message to a patient, to a user, or to a role at the facility."""

    id = fields.UUID(required=True)
    kind = fields.Enum(Told, by_value=True, required=True)
    recipient = fields.String(
        required=True, metadata={"enum": ["patient", "user", "role"]}
    )
    role = fields.String(required=True, allow_none=True)
    channel = fields.Enum(Channel, by_value=True, required=True)
    status = fields.Enum(Sending, by_value=True, required=True)
    appointment_id = fields.UUID(required=True)
    data = fields.Dict(keys=fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)


class MessagesSchema(Schema):
    """Messages in the order asked for."""

    messages = fields.List(fields.Nested(MessageSchema), required=True)


class LimitSchema(Schema):
    """How many at the most."""

    limit = fields.Integer(validate=validate.Range(1, 200))
