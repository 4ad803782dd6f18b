"""What doors read of accounts: who is signed in, whose token is this?"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.accounts import grants, internal
from app.accounts.grants import Grant
from app.accounts.models import (
    ApiToken,
    Delegation,
    OwnRole,
    Preference,
    RoleAssignment,
    User,
)
from app.accounts.permissions import ROLES, Permission, Role
from app.accounts.roles import named
from app.accounts.roles import view as role_view
from app.accounts.views import (
    EVERYWHERE,
    AssignmentView,
    DelegationView,
    PreferencesView,
    RoleView,
    Scope,
    StaffView,
    TokenView,
    UserView,
)
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import Instant, db, table
from app.core.errors import NotFoundError


def signed_in(user_id: int, *, demo: bool) -> UserView | None:
    """Give the user of a session with their roles, if they may still come in."""
    return _entering(_BY_ID, {"user_id": user_id}, demo=demo)


def by_username(username: str) -> UserView | None:
    """Give the active user of that name."""
    found = _one(_BY_USERNAME, {"username": username.strip().lower()}, demo=True)
    return None if found is None else found[0]


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
    return _entering(_BY_TOKEN, {"fingerprint": fingerprint, "now": now}, demo=demo)


def _entering(
    who: Constant, named: Mapping[str, Any], *, demo: bool
) -> UserView | None:
    """Give who comes in, and keep what they hold for the rest of the request."""
    found = _one(who, named, demo=demo)
    if found is None:
        return None
    user, held = found
    grants.keep(user.id, held)
    return user


_USER, _TOKEN = table(User).c, table(ApiToken).c
_ROLE, _OWN = table(RoleAssignment).c, table(OwnRole).c
_LIKED = table(Preference).c
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
        _OWN.code,
        _OWN.permissions,
        _LIKED.keys_on,
        _LIKED["keys"].label("liked_keys"),
        _LIKED.columns.label("liked_columns"),
    )
    .outerjoin(table(RoleAssignment), _ROLE.user_id == _USER.id)
    .outerjoin(table(OwnRole), _OWN.id == _ROLE.own_role_id)
    .outerjoin(table(Preference), _LIKED.user_id == _USER.id)
    .where(_USER.active)
    .order_by(_ROLE.role, _OWN.code)
)
_BY_ID = Constant(_ACTIVE.where(_USER.id == bindparam("user_id")))
_BY_USERNAME = Constant(
    _ACTIVE.where(func.lower(_USER.username) == bindparam("username"))
)
_BY_TOKEN = Constant(
    _ACTIVE.where(
        _USER.id
        == select(_TOKEN.user_id)
        .where(
            _TOKEN.hash == bindparam("fingerprint"),
            _TOKEN.revoked_at.is_(None),
            or_(_TOKEN.expires_at.is_(None), _TOKEN.expires_at > bindparam("now")),
        )
        .scalar_subquery()
    )
)


def _one(
    who: Constant, named: Mapping[str, Any], *, demo: bool
) -> tuple[UserView, list[Grant]] | None:
    rows = who.send(named).all()
    if not rows or (rows[0].demo and not demo):
        return None
    held = [
        grants.grant(Role(row.role) if row.role else None, *row[6:11])
        for row in rows
        if row.role or row.code
    ]
    user = UserView(
        id=rows[0].id,
        public_id=rows[0].public_id,
        username=rows[0].username,
        name=rows[0].name,
        roles=tuple(dict.fromkeys(each.role for each in held if each.role)),
        likes=_likes(rows[0]),
    )
    return user, held


def _likes(row: Row[*tuple[Any, ...]]) -> PreferencesView:
    if row.keys_on is None:
        return PreferencesView()
    columns = {place: tuple(ids) for place, ids in row.liked_columns.items()}
    return PreferencesView(row.keys_on, dict(row.liked_keys), columns)


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
        raise internal.refusal(by, Permission.MANAGE_ACCOUNTS)
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


def staff(*, by: Actor) -> list[StaffView]:
    """Give all users by their names, who may not come in any more too."""
    internal.require(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
    code = func.coalesce(cast(RoleAssignment.role, String), OwnRole.code)
    rows = db.session.execute(
        select(User, func.array_agg(code.distinct()))
        .outerjoin(RoleAssignment, RoleAssignment.user_id == User.id)
        .outerjoin(OwnRole, OwnRole.id == RoleAssignment.own_role_id)
        .group_by(User.id)
        .order_by(User.name, User.id)
    )
    return [
        StaffView(
            user.username,
            user.name,
            user.active,
            tuple(each for each in roles if each),
            user.email,
        )
        for user, roles in rows
    ]


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
