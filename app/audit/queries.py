"""What doors read of the trail: the comments on an object one may see."""

from uuid import UUID

from sqlalchemy import select

from app.audit import seeing
from app.audit.internal import MOST
from app.audit.models import Comment
from app.audit.saying import view
from app.audit.views import CommentView, Talk
from app.core.actor import Actor
from app.core.db import db


def comments(kind: str, object_id: UUID | str, *, by: Actor) -> list[CommentView]:
    """
    Give what was said about an object, the latest first.

    :raises NotFoundError: if there is no such thing, or not for this actor's eyes
    """
    return list(talk(kind, object_id, by=by).comments)


def talk(kind: str, object_id: UUID | str, *, by: Actor) -> Talk:
    """
    Give an object as it is called, and what was said about it.

    :raises NotFoundError: if there is no such thing, or not for this actor's eyes
    """
    about = seeing.seen(kind, object_id, by)
    rows = db.session.scalars(
        select(Comment)
        .where(Comment.object_kind == kind, Comment.object_id == about.id)
        .order_by(Comment.id.desc())
        .limit(MOST)
    )
    return Talk(kind, about, tuple(view(row) for row in rows))
