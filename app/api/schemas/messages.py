"""Messages as JSON: what somebody is told, as data and never as a sentence."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate
from msgspec import Struct

from app.notifications.kinds import About, Channel, Rung, Sending, Told
from app.notifications.views import NoticeView


class RungNotice(Struct, frozen=True):
    """A notice, and the outside id of its facility."""

    notice: NoticeView
    facility_id: UUID


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


class BellNoticeSchema(Schema):
    """What the bell told: what happened, and what it is about."""

    id = fields.UUID(attribute="notice.id", required=True)
    kind = fields.Enum(Rung, attribute="notice.kind", by_value=True, required=True)
    about = fields.Enum(About, attribute="notice.about", by_value=True, required=True)
    about_id = fields.UUID(attribute="notice.about_id", required=True, allow_none=True)
    facility_id = fields.UUID(required=True)
    data = fields.Dict(keys=fields.String(), attribute="notice.data", required=True)
    created_at = fields.AwareDateTime(attribute="notice.created_at", required=True)
    read_at = fields.AwareDateTime(
        attribute="notice.read_at", required=True, allow_none=True
    )


class NoticesSchema(Schema):
    """Notices, the latest first; `unread` counts no further than 100."""

    notices = fields.List(fields.Nested(BellNoticeSchema), required=True)
    unread = fields.Integer(required=True)


class LatestSchema(Schema):
    """The latest notice that was seen."""

    latest = fields.UUID(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> UUID:
        latest: UUID = data["latest"]
        return latest
