"""What doors read of accounts: who is signed in, whose token is this?"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, bindparam, func, literal, or_, select

from app.accounts import grants, internal
from app.accounts.grants import Grant
from app.accounts.models import ApiToken, Delegation, RoleAssignment, User
from app.accounts.permissions import Permission, Role
from app.accounts.views import (
    EVERYWHERE,
    DelegationView,
    Scope,
    TokenView,
    UserView,
)
from app.core.actor import Actor
from app.core.db import Instant, db, table
from app.core.errors import NotFoundError


def signed_in(user_id: int, *, demo: bool) -> UserView | None:
    """Give the user of a session with their roles, if they may still come in."""
    return _entering(_BY_ID, {"user_id": user_id}, demo=demo)


def by_username(username: str) -> UserView | None:
    """Give the active user of that name."""
    found = _one(_BY_USERNAME, {"username": username.strip().lower()}, demo=True)
    return None if found is None else found[0]


def admins() -> list[UserView]:
    """Give the active users who are admin everywhere, by their names."""
    names = db.session.scalars(
        select(User.username)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .where(
            User.active,
            RoleAssignment.role == Role.ADMIN,
            RoleAssignment.facility_id.is_(None),
            RoleAssignment.department_id.is_(None),
            RoleAssignment.resource_id.is_(None),
        )
        .order_by(User.username)
    ).all()
    return [found for name in names if (found := by_username(name)) is not None]


def tokens(username: str, *, by: Actor) -> list[TokenView]:
    """Give the bearer tokens of a user, the newest first."""
    internal.require(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
    rows = db.session.scalars(
        select(ApiToken)
        .join(User, User.id == ApiToken.user_id)
        .where(func.lower(User.username) == username.strip().lower())
        .order_by(ApiToken.id.desc())
    )
    return [
        TokenView(
            id=row.public_id,
            name=row.name,
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]


def bearer(secret: str, *, now: datetime, demo: bool) -> UserView | None:
    """Give the user a bearer token stands for, if it is still good."""
    fingerprint = hashlib.sha256(secret.encode()).hexdigest()
    return _entering(_BY_TOKEN, {"fingerprint": fingerprint, "now": now}, demo=demo)


def _entering(
    who: Executable, named: Mapping[str, Any], *, demo: bool
) -> UserView | None:
    """Give who comes in, and keep what they hold for the rest of the request."""
    found = _one(who, named, demo=demo)
    if found is None:
        return None
    user, held = found
    grants.keep(user.id, held)
    return user


_USER, _TOKEN = table(User).c, table(ApiToken).c
_ROLE = table(RoleAssignment).c
_ACTIVE = (
    select(
        _USER.id,
        _USER.public_id,
        _USER.username,
        _USER.name,
        _USER.demo,
        _ROLE.role,
        _ROLE.facility_id,
        _ROLE.department_id,
        _ROLE.resource_id,
    )
    .outerjoin(table(RoleAssignment), _ROLE.user_id == _USER.id)
    .where(_USER.active)
    .order_by(_ROLE.role)
)
_BY_ID = _ACTIVE.where(_USER.id == bindparam("user_id"))
_BY_USERNAME = _ACTIVE.where(func.lower(_USER.username) == bindparam("username"))
_BY_TOKEN = _ACTIVE.where(
    _USER.id
    == select(_TOKEN.user_id)
    .where(
        _TOKEN.hash == bindparam("fingerprint"),
        _TOKEN.revoked_at.is_(None),
        or_(_TOKEN.expires_at.is_(None), _TOKEN.expires_at > bindparam("now")),
    )
    .scalar_subquery()
)


def _one(
    who: Executable, named: Mapping[str, Any], *, demo: bool
) -> tuple[UserView, list[Grant]] | None:
    rows = db.session.execute(who, named).all()
    if not rows or (rows[0].demo and not demo):
        return None
    held = [grants.grant(*row[5:]) for row in rows if row.role is not None]
    user = UserView(
        id=rows[0].id,
        public_id=rows[0].public_id,
        username=rows[0].username,
        name=rows[0].name,
        roles=tuple(dict.fromkeys(each.role for each in held if each.role)),
    )
    return user, held


def may(by: Actor, permission: Permission, scope: Scope) -> bool:
    """Say whether an act would be let pass, for doors that show what may be done."""
    return internal.allowed(by, permission, scope)


def acting_for(by: Actor, delegation: UUID, *, now: datetime) -> Actor:
    """
    Give the actor that a user is while acting on behalf of who lent them something.

    :raises NotFoundError: if it was not lent to them, or does not run at `now`
    """
    found = db.session.execute(
        select(Delegation, User.name)
        .join(User, User.id == Delegation.from_user_id)
        .where(
            Delegation.public_id == delegation,
            Delegation.to_user_id == by.id,
            Delegation.revoked_at.is_(None),
            Delegation.during.bool_op("@>")(literal(now, Instant)),
            User.active,
        )
    ).one_or_none()
    if found is None:
        raise NotFoundError("delegation", field="delegation_id")
    row, lender = found
    return replace(by, on_behalf_of=lender, delegation_id=row.id)


def lent_to(by: Actor, *, now: datetime) -> list[DelegationView]:
    """Give what is lent to a user and runs at `now`, by the lenders' names."""
    rows = db.session.execute(
        select(Delegation, User.name)
        .join(User, User.id == Delegation.from_user_id)
        .where(
            Delegation.to_user_id == by.id,
            Delegation.revoked_at.is_(None),
            Delegation.during.bool_op("@>")(literal(now, Instant)),
        )
        .order_by(User.name, Delegation.id)
    )
    return [
        DelegationView(
            id=row.public_id,
            lender=lender,
            permissions=tuple(row.permissions),
            resource_ids=tuple(row.resource_ids),
            during=row.during,
        )
        for row, lender in rows
    ]
