"""What doors read of accounts: who is signed in, whose token is this?"""

import hashlib
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.accounts import internal
from app.accounts.models import ApiToken, Delegation, OwnRole, RoleAssignment, User
from app.accounts.permissions import ROLES, Permission, Role
from app.accounts.roles import named
from app.accounts.roles import view as role_view
from app.accounts.views import (
    EVERYWHERE,
    AssignmentView,
    DelegationView,
    RoleView,
    Scope,
    TokenView,
    UserView,
)
from app.core.actor import Actor
from app.core.db import Instant, db
from app.core.errors import ForbiddenError, NotFoundError


def signed_in(user_id: int, *, demo: bool) -> UserView | None:
    """Give the user of a session with their roles, if they may still come in."""
    return _one(User.id == user_id, demo=demo)


def by_username(username: str) -> UserView | None:
    """Give the active user of that name."""
    return _one(func.lower(User.username) == username.strip().lower(), demo=True)


def has_demo() -> bool:
    """Say whether somebody of the demo hospital could sign in; open to all."""
    found = select(User.id).where(User.demo, User.active).limit(1)
    return db.session.scalar(found) is not None


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
        select(User, func.coalesce(cast(RoleAssignment.role, String), OwnRole.code))
        .outerjoin(RoleAssignment, RoleAssignment.user_id == User.id)
        .outerjoin(OwnRole, OwnRole.id == RoleAssignment.own_role_id)
        .where(condition, User.active)  # type: ignore[arg-type]
        .order_by(RoleAssignment.role, OwnRole.code)
    ).all()
    if not rows or (rows[0][0].demo and not demo):
        return None
    user = rows[0][0]
    return UserView(
        id=user.id,
        public_id=user.public_id,
        username=user.username,
        name=user.name,
        roles=tuple(dict.fromkeys(role for _, role in rows if role is not None)),
    )


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
    return _delegations(
        Delegation.to_user_id == by.id,
        Delegation.revoked_at.is_(None),
        Delegation.during.bool_op("@>")(literal(now, Instant)),
    )


def lent_by(by: Actor) -> list[DelegationView]:
    """Give what a user ever lent, what is over and revoked too."""
    return _delegations(Delegation.from_user_id == by.id)


def delegations(*, by: Actor) -> list[DelegationView]:
    """Give all that was ever lent, by the lenders' names."""
    internal.require(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
    return _delegations()


def _delegations(*where: ColumnElement[bool]) -> list[DelegationView]:
    lender, borrower = aliased(User), aliased(User)
    rows = db.session.execute(
        select(Delegation, lender.name, borrower.name)
        .join(lender, lender.id == Delegation.from_user_id)
        .join(borrower, borrower.id == Delegation.to_user_id)
        .where(*where)
        .order_by(lender.name, Delegation.id)
    )
    return [
        DelegationView(
            id=row.public_id,
            lender=lent,
            borrower=borrowed,
            permissions=tuple(row.permissions),
            facility_id=row.facility_id,
            resource_ids=tuple(row.resource_ids),
            during=row.during,
            revoked_at=row.revoked_at,
        )
        for row, lent, borrowed in rows
    ]


def roles(*, by: Actor) -> list[RoleView]:
    """
    Give the roles that ship, and those of the hospital's own, with what each brings.

    :raises ForbiddenError: if the actor manages accounts nowhere
    """
    where = internal.sight(by, Permission.MANAGE_ACCOUNTS)
    if not (where.everywhere or where.facilities):
        permission = Permission.MANAGE_ACCOUNTS.value
        raise ForbiddenError(permission=permission, who=by.name)
    own = db.session.scalars(select(OwnRole).order_by(OwnRole.code))
    shipped = [
        RoleView(role.value, role.value, tuple(sorted(brings)), built_in=True)
        for role, brings in ROLES.items()
    ]
    return shipped + [role_view(row) for row in own]


def roles_of(username: str, *, by: Actor) -> list[AssignmentView]:
    """
    Give the roles of a user, and what each is for.

    :raises NotFoundError: if there is no such user
    """
    internal.require(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
    return _assignments(User.id == named(username).id)


def people_of(scope: Scope, *, by: Actor) -> list[AssignmentView]:
    """Give who owns, manages or may book the places of a scope, to who keeps them."""
    internal.require(by, Permission.KEEP_LOCATION, scope)
    ids = [thing.resource_id for thing in scope.things]
    return _assignments(RoleAssignment.resource_id.in_(ids))


def _assignments(where: ColumnElement[bool]) -> list[AssignmentView]:
    code = func.coalesce(cast(RoleAssignment.role, String), OwnRole.code)
    rows = db.session.execute(
        select(RoleAssignment, User.username, User.name, code)
        .join(User, User.id == RoleAssignment.user_id)
        .outerjoin(OwnRole, OwnRole.id == RoleAssignment.own_role_id)
        .where(where)
        .order_by(User.username, RoleAssignment.id)
    )
    return [
        AssignmentView(
            username=username,
            name=name,
            role=role,
            facility_id=row.facility_id,
            department_id=row.department_id,
            resource_id=row.resource_id,
        )
        for row, username, name, role in rows
    ]
