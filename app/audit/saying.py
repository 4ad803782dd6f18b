"""Saying something about an object: one row, which stays as it is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.audit import internal, seeing
from app.audit.internal import Subject
from app.audit.models import Comment
from app.audit.views import CommentView
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import KeyReusedError
from app.core.text import clean_lines

LONGEST = 1000


def comment(
    kind: str,
    object_id: UUID | str,
    text: str,
    *,
    by: Actor,
    now: datetime,
    once: str | None = None,
) -> CommentView:
    """
    Say something about an object; it can never be changed or taken away.

    The same `once` of the same actor says it one time only.

    :raises InputError: if nothing is said, or more than a thousand characters
    :raises KeyReusedError: if `once` came before with other words
    :raises NotFoundError: if there is no such thing, or not for this actor's eyes
    """
    with transaction():
        about = seeing.seen(kind, object_id, by)
        said = clean_lines(text, field="comment", least=1, most=LONGEST)
        row = db.session.scalar(
            insert(Comment)
            .values(
                at=now,
                actor=by.key,
                actor_name=by.name,
                on_behalf_of=by.on_behalf_of,
                object_kind=kind,
                object_id=about.id,
                text=said,
                once=once,
            )
            .on_conflict_do_nothing(constraint="uq_comments_actor_once")
            .returning(Comment)
        )
        if row is None:
            return _said_before(kind, about.id, said, once, by)
        subject = Subject(kind, about.id, about.facility_id)
        internal.record("comment.added", subject, by=by, now=now)
        return view(row)


def view(row: Comment) -> CommentView:
    """Give a comment as people read it."""
    behalf = f" on behalf of {row.on_behalf_of}" if row.on_behalf_of else ""
    return CommentView(row.at, f"{row.actor_name}{behalf}", row.text)


def _said_before(
    kind: str, object_id: str, said: str, once: str | None, by: Actor
) -> CommentView:
    row = db.session.scalars(
        select(Comment).where(Comment.actor == by.key, Comment.once == once)
    ).one()
    if (row.object_kind, row.object_id, row.text) != (kind, object_id, said):
        raise KeyReusedError(field="Idempotency-Key", reason="reused")
    return view(row)
