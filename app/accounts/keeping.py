"""Acts on users who are there: rename, let in no more or again, a new password."""

from datetime import datetime

from app.accounts import grants, internal
from app.accounts.passwords import hashed
from app.accounts.permissions import Permission
from app.accounts.roles import named
from app.accounts.views import EVERYWHERE, UserView
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import InputError
from app.core.text import MAIL, clean


def change_user(
    username: str,
    *,
    by: Actor,
    now: datetime,
    name: str,
    active: bool,
    password: str = "",
    email: str | None = None,
) -> UserView:
    """
    Change what a user is called, whether they sign in, and with a `password` that too.

    What they did stays theirs. Without an `email` it stays as it is. No password is
    kept in clear, nor told in the trail.

    :raises InputError: if a field cannot be right, or one would shut oneself out
    :raises NotFoundError: if there is no such user
    """
    called = clean(name, field="name", least=1, most=200)
    fresh = hashed(password) if password else None
    mail = None if email is None else address(email)
    with transaction() as session:
        internal.require(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
        user = named(username)
        view = UserView(user.id, user.public_id, user.username, called)
        if not active and view.actor.key == by.key:
            raise InputError(field="active", reason="oneself")
        before = {"name": user.name, "active": user.active, "email": user.email}
        user.name, user.active = called, active
        user.password_hash = fresh or user.password_hash
        user.email = user.email if mail is None else mail
        session.flush()
        grants.forget()
        audit.record(
            "user.changed",
            audit.Subject("user", user.public_id),
            by=by,
            now=now,
            before=before,
            after={
                "name": called,
                "active": active,
                "email": user.email,
                "new_password": bool(fresh),
            },
        )
    return view


def address(typed: str) -> str:
    """
    Read where mail reaches a user; nowhere, if it is empty.

    :raises InputError: if it is no mail address
    """
    found = typed.strip()
    if found and (len(found) > 254 or not MAIL.fullmatch(found)):
        raise InputError(field="email", reason="email")
    return found
