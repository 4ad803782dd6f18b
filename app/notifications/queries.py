"""What doors read of messages and notices: a user's own."""

from uuid import UUID

from sqlalchemy import and_, func, or_, select

from app.accounts import internal as accounts
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import ForbiddenError, InputError, NotFoundError
from app.notifications import mail_wishes, rows
from app.notifications.mail_wishes import MailView
from app.notifications.models import Message, Notice
from app.notifications.outbox import MOST_SENT, consent, contact, open_channels, outbox
from app.notifications.texts import preview, texts
from app.notifications.views import MessageView, NoticeView
from app.notifications.wording import kinds as told_kinds
from app.notifications.wording import languages as told_languages
from app.notifications.wording import variables as told_variables

__all__ = [
    "MOST",
    "MOST_COUNTED",
    "MOST_SENT",
    "consent",
    "contact",
    "mail",
    "mine",
    "notice",
    "notices",
    "open_channels",
    "outbox",
    "preview",
    "texts",
    "told_kinds",
    "told_languages",
    "told_variables",
    "unread",
]

MOST = 200
# The bell counts no further.
MOST_COUNTED = 100


def mine(*, by: Actor, limit: int = 100) -> list[MessageView]:
    """
    Give a user's messages, to them or to a role of theirs, the latest first.

    :raises ForbiddenError: if it is no user who asks
    """
    _own(by)
    if not 1 <= limit <= MOST:
        raise InputError(field="limit", reason="between", least=1, most=MOST)
    as_role = [
        Message.role == role
        if facility_id is None
        else and_(Message.role == role, Message.facility_id == facility_id)
        for role, facility_id in sorted(accounts.roles_at(by), key=str)
    ]
    found = (
        select(Message)
        .where(or_(Message.user_id == by.id, *as_role))
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return [rows.message(row) for row in db.session.scalars(found)]


def notices(*, by: Actor, limit: int = MOST) -> list[NoticeView]:
    """
    Give what the bell told a user, the latest first.

    :raises ForbiddenError: if it is no user who asks
    """
    _own(by)
    found = (
        select(Notice)
        .where(Notice.user_id == by.id)
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    return [rows.notice(row) for row in db.session.scalars(found)]


def notice(notice_id: UUID, *, by: Actor) -> NoticeView:
    """
    Give one notice of a user's own.

    :raises NotFoundError: if there is none, or it is somebody else's
    """
    mine = select(Notice).where(Notice.public_id == notice_id, Notice.user_id == by.id)
    row = db.session.scalar(mine) if by.kind is ActorKind.USER else None
    if row is None:
        raise NotFoundError("notice", field="notice_id")
    return rows.notice(row)


def unread(*, by: Actor) -> int:
    """Count what a user has not read; there may be more than `MOST_COUNTED`."""
    if by.kind is not ActorKind.USER:
        return 0
    some = (
        select(Notice.id)
        .where(Notice.user_id == by.id, Notice.read_at.is_(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def mail(*, by: Actor) -> MailView:
    """
    Give what a user of staff gets by mail, and where.

    :raises ForbiddenError: if it is nobody of staff
    """
    return mail_wishes.shown(mail_wishes.staff(by))


def _own(by: Actor) -> None:
    if by.kind is not ActorKind.USER or by.id is None:
        raise ForbiddenError(permission="messages:read", who=by.name)
