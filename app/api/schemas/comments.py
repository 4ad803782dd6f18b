"""Comments as JSON."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate


class CommentSchema(Schema):
    """Who said what, and when."""

    at = fields.AwareDateTime(required=True)
    who = fields.String(required=True)
    text = fields.String(required=True)


class CommentsSchema(Schema):
    """Comments, the latest first."""

    comments = fields.List(fields.Nested(CommentSchema), required=True)


class NewCommentSchema(Schema):
    """What is to be said; it may have several lines."""

    text = fields.String(required=True, validate=validate.Length(1, 1000))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> str:
        text: str = data["text"]
        return text
