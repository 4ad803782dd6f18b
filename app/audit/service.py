"""Acts of the trail: comment on what one may see."""

from datetime import datetime
from uuid import UUID

from app.audit import internal, seeing
from app.audit.internal import Subject
from app.audit.models import Comment
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.text import clean


def comment(kind: str, object_id: UUID, text: str, *, by: Actor, now: datetime) -> None:
    """
    Say something about an object; it can never be changed or taken away.

    :raises InputError: if nothing is said, or more than a thousand characters
    :raises NotFoundError: if there is no such thing, or not for this actor's eyes
    """
    with transaction():
        facility_id = seeing.seen(kind, object_id, by)
        said = clean(text, field="comment", least=1, most=1000)
        db.session.add(
            Comment(
                at=now,
                actor=by.key,
                actor_name=by.name,
                on_behalf_of=by.on_behalf_of,
                object_kind=kind,
                object_id=str(object_id),
                text=said,
            )
        )
        subject = Subject(kind, object_id, facility_id)
        internal.record("comment.added", subject, by=by, now=now)
