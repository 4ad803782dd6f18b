"""What doors read of messages: a user's own."""

from sqlalchemy import and_, or_, select

from app.accounts import internal as accounts
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import ForbiddenError, InputError
from app.notifications import rows
from app.notifications.models import Message
from app.notifications.views import MessageView

MOST = 200


def mine(*, by: Actor, limit: int = 100) -> list[MessageView]:
    """
    Give a user's messages, to them or to a role of theirs, the latest first.

    :raises ForbiddenError: if it is no user who asks
    """
    if by.kind is not ActorKind.USER or by.id is None:
        raise ForbiddenError(permission="messages:read", who=by.name)
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
