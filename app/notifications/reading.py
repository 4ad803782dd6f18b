"""Acts on a user's own notices: read one, or all that were seen."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from app.audit import internal as audit
from app.core.actor import Actor, ActorKind
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.notifications.models import Mailing, Notice

# Longer than anybody is away; what is older is not looked for here.
KEPT = timedelta(days=90)


def read_notice(notice: UUID, *, by: Actor, now: datetime) -> None:
    """
    Mark one notice as read; doing it twice changes nothing.

    :raises NotFoundError: if there is none, or it is somebody else's
    """
    with transaction():
        row = _mine(notice, by)
        _read(Notice.id == row.id, row, by=by, now=now)


def read_notices(latest: UUID, *, by: Actor, now: datetime) -> None:
    """
    Mark a notice and all before it as read: what came since was not seen yet.

    :raises NotFoundError: if there is none, or it is somebody else's
    """
    with transaction():
        row = _mine(latest, by)
        _read(Notice.id <= row.id, row, by=by, now=now)


def settle(*, before: datetime, now: datetime) -> None:
    """Take what was told before a moment as read by now, for everybody."""
    with transaction() as session:
        told = update(Notice).where(
            Notice.created_at < before, Notice.read_at.is_(None)
        )
        session.execute(told.values(read_at=now))


def forget(*, now: datetime) -> int:
    """Forget notices that are older than `KEPT`; tell how many."""
    with transaction() as session:
        old = delete(Notice).where(Notice.created_at < now - KEPT)
        session.execute(delete(Mailing).where(Mailing.created_at < now - KEPT))
        return len(session.execute(old.returning(Notice.id)).all())


def _mine(notice: UUID, by: Actor) -> Notice:
    found = select(Notice).where(Notice.public_id == notice, Notice.user_id == by.id)
    row = db.session.scalar(found) if by.kind is ActorKind.USER else None
    if row is None:
        raise NotFoundError("notice", field="notice_id")
    return row


def _read(which: ColumnElement[bool], row: Notice, *, by: Actor, now: datetime) -> None:
    unread = update(Notice).where(
        which,
        Notice.user_id == row.user_id,
        Notice.read_at.is_(None),
    )
    # A clock that was put back must not read a notice before it was written.
    moment = max(now, row.created_at)
    read = db.session.execute(
        unread.values(read_at=moment)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    ).all()
    if read:
        audit.record(
            "notice.read",
            audit.Subject("notice", row.public_id),
            by=by,
            now=now,
            after={"number": len(read)},
        )
