"""Acts on accounts: sign in, users and their roles, tokens for the JSON door."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import func, select

from app.accounts import internal
from app.accounts.delegating import delegate, revoke_delegation
from app.accounts.errors import SignInError, UsernameTakenError
from app.accounts.keeping import change_user
from app.accounts.liking import choose_columns, choose_keys
from app.accounts.models import ApiToken, User
from app.accounts.passwords import MAX_PASSWORD, MIN_PASSWORD, fits, hashed
from app.accounts.permissions import Permission
from app.accounts.proving import forget_codes, prove_phone, send_code
from app.accounts.roles import (
    add_role,
    change_role,
    drop_role,
    give_role,
    named,
    take_role,
)
from app.accounts.views import EVERYWHERE, UserView
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import InputError, NotFoundError

__all__ = [
    "MAX_PASSWORD",
    "MIN_PASSWORD",
    "add_role",
    "change_role",
    "change_user",
    "choose_columns",
    "choose_keys",
    "delegate",
    "drop_role",
    "forget_codes",
    "give_role",
    "prove_phone",
    "revoke_delegation",
    "send_code",
    "take_role",
]


def sign_in(username: str, password: str, *, now: datetime, demo: bool) -> UserView:
    """
    Check a name and password; demo users open only when `demo` says so.

    :raises SignInError: if they do not fit, or the user is not active
    """
    # No name holds a NUL, and PostgreSQL would not even be asked for one.
    name = username.replace("\0", "").strip().lower()
    user = db.session.scalar(select(User).where(func.lower(User.username) == name))
    right = fits(password, user.password_hash if user else None)
    if user is None or not right or not user.active or (user.demo and not demo):
        raise SignInError
    with transaction():
        subject = audit.Subject("user", user.public_id)
        audit.record("user.signed_in", subject, by=_view(user).actor, now=now)
    return _view(user)


class NewUser(Struct, frozen=True):
    """A member of staff to be added; `password` is in clear and never kept."""

    username: str
    name: str
    password: str
    demo: bool = False


def add_user(order: NewUser, *, by: Actor, now: datetime) -> UserView:
    """
    Add a member of staff, still without any role.

    :raises InputError: if a name is empty or the password too short
    :raises UsernameTakenError: if somebody has that user name
    """
    username, name = order.username.strip(), order.name.strip()
    if not username or len(username) > 60:
        raise InputError(field="username", reason="length", least=1, most=60)
    if not name or len(name) > 200:
        raise InputError(field="name", reason="length", least=1, most=200)
    kept = hashed(order.password)
    taken = UsernameTakenError(field="username", username=username)
    with transaction() as session, constraints({"uq_users_username": taken}):
        internal.require(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
        user = User(
            public_id=uuid4(),
            username=username,
            name=name,
            password_hash=kept,
            demo=order.demo,
            created_at=now,
        )
        session.add(user)
        session.flush()
        audit.record(
            "user.added",
            audit.Subject("user", user.public_id),
            by=by,
            now=now,
            after={"username": username, "name": name, "demo": order.demo},
        )
    return _view(user)


def make_token(
    username: str, name: str, *, by: Actor, now: datetime, expires_at: datetime | None
) -> str:
    """
    Make a bearer token for a user and hand it out, this one time.

    :raises NotFoundError: if there is no such user
    """
    secret = f"baari_{secrets.token_urlsafe(32)}"
    with transaction() as session:
        internal.require(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
        user = named(username)
        token = ApiToken(
            public_id=uuid4(),
            user_id=user.id,
            name=name.strip()[:100] or "token",
            hash=_fingerprint(secret),
            created_at=now,
            expires_at=expires_at,
        )
        session.add(token)
        audit.record(
            "token.made",
            audit.Subject("api_token", token.public_id),
            by=by,
            now=now,
            after={"user": username, "name": token.name, "expires_at": expires_at},
        )
    return secret


def revoke_token(token: UUID, *, by: Actor, now: datetime) -> None:
    """
    End a bearer token at once; ending it twice changes nothing.

    :raises NotFoundError: if there is no such token
    """
    with transaction() as session:
        internal.require(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
        row = session.scalar(select(ApiToken).where(ApiToken.public_id == token))
        if row is None:
            raise NotFoundError("token")
        if row.revoked_at is None:
            row.revoked_at = now
            audit.record(
                "token.revoked",
                audit.Subject("api_token", token),
                by=by,
                now=now,
                before={"revoked_at": None},
                after={"revoked_at": now},
            )


def _view(user: User) -> UserView:
    return UserView(
        id=user.id, public_id=user.public_id, username=user.username, name=user.name
    )


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
