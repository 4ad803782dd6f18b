"""What doors read of the trail: the comments on an object one may see."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.audit import seeing
from app.audit.internal import MOST
from app.audit.models import Comment
from app.core.actor import Actor
from app.core.db import db


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as people read it."""

    at: datetime
    who: str
    text: str


def comments(kind: str, object_id: UUID, *, by: Actor) -> list[CommentView]:
    """
    Give what was said about an object, the latest first.

    :raises NotFoundError: if there is no such thing, or not for this actor's eyes
    """
    seeing.seen(kind, object_id, by)
    rows = db.session.scalars(
        select(Comment)
        .where(Comment.object_kind == kind, Comment.object_id == str(object_id))
        .order_by(Comment.id.desc())
        .limit(MOST)
    )
    return [
        CommentView(
            row.at,
            row.actor_name
            + (f" on behalf of {row.on_behalf_of}" if row.on_behalf_of else ""),
            row.text,
        )
        for row in rows
    ]
