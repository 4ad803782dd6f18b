"""Who may see users and roles, as the trail and comments ask."""

from uuid import UUID

from sqlalchemy import select

from app.accounts import internal
from app.accounts.models import OwnRole, User
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.audit import internal as audit
from app.audit.views import Seen
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError


def listen() -> None:
    """Answer for users and roles."""
    audit.guard("user", _user)
    audit.guard("role", _role)


def _user(written: str, by: Actor) -> Seen:
    number = audit.number(written)
    found = select(User.name).where(User.public_id == number)
    return _seen(number, db.session.scalar(found), by)


def _role(written: str, by: Actor) -> Seen:
    number = audit.number(written)
    found = select(OwnRole.name).where(OwnRole.public_id == number)
    return _seen(number, db.session.scalar(found), by)


def _seen(number: UUID, name: str | None, by: Actor) -> Seen:
    """Tell of them to who looks after accounts."""
    may = internal.allowed(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
    if name is None or not may:
        raise NotFoundError("object", field="object_id")
    trail = internal.allowed(by, Permission.VIEW_AUDIT, EVERYWHERE)
    return Seen(str(number), name, trail=trail)
