"""What doors read of accounts: who is signed in, whose token is this?"""

import hashlib
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, or_, select

from app.accounts import internal
from app.accounts.models import (
    ApiToken,
    Delegation,
    Preference,
    RoleAssignment,
    User,
)
from app.accounts.permissions import Permission, Role
from app.accounts.views import (
    EVERYWHERE,
    DelegationView,
    PreferencesView,
    Scope,
    TokenView,
    UserView,
)
from app.core.actor import Actor
from app.core.db import Instant, db
from app.core.errors import NotFoundError


def signed_in(user_id: int, *, demo: bool) -> UserView | None:
    """Give the user of a session with their roles, if they may still come in."""
    return _one(User.id == user_id, demo=demo)


def by_username(username: str) -> UserView | None:
    """Give the active user of that name."""
    return _one(func.lower(User.username) == username.strip().lower(), demo=True)


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
    good = (
        select(ApiToken.user_id)
        .where(
            ApiToken.hash == fingerprint,
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
        )
        .scalar_subquery()
    )
    return _one(User.id == good, demo=demo)


def _one(condition: object, *, demo: bool) -> UserView | None:
    rows = db.session.execute(
        select(User, RoleAssignment.role, Preference)
        .outerjoin(RoleAssignment, RoleAssignment.user_id == User.id)
        .outerjoin(Preference, Preference.user_id == User.id)
        .where(condition, User.active)  # type: ignore[arg-type]
        .order_by(RoleAssignment.role)
    ).all()
    if not rows or (rows[0][0].demo and not demo):
        return None
    user, _, liked = rows[0]
    return UserView(
        id=user.id,
        public_id=user.public_id,
        username=user.username,
        name=user.name,
        roles=tuple(dict.fromkeys(role for _, role, _ in rows if role is not None)),
        likes=_likes(liked),
    )


def _likes(row: Preference | None) -> PreferencesView:
    if row is None:
        return PreferencesView()
    columns = {place: tuple(ids) for place, ids in row.columns.items()}
    return PreferencesView(row.keys_on, dict(row.keys), columns)


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
