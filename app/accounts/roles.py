"""Acts on roles: make one of the hospital's own, give one, take one back."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts import grants, internal
from app.accounts.errors import RoleCodeTakenError, RoleInUseError
from app.accounts.models import OwnRole, RoleAssignment, User
from app.accounts.permissions import (
    ON_A_PLACE,
    Permission,
    Role,
    brought,
    known,
)
from app.accounts.views import EVERYWHERE, Reach, RoleView, Scope, Thing
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import InputError, NotFoundError
from app.core.text import clean

_BUILT_IN: Mapping[str, Role] = {each.value: each for each in Role}


class NewRole(Struct, frozen=True):
    """A role of the hospital's own: its short name, its name, what it brings."""

    code: str
    name: str
    permissions: frozenset[Permission]


def add_role(order: NewRole, *, by: Actor, now: datetime) -> RoleView:
    """
    Add a role to those that ship.

    :raises ForbiddenError: if the actor does not hold all of it, everywhere
    :raises InputError: if a field cannot be right, or a role that ships is called so
    :raises RoleCodeTakenError: if another role has that short name
    """
    _check(order)
    row = OwnRole(
        public_id=uuid4(),
        code=order.code,
        name=clean(order.name, field="name", least=1, most=80),
        permissions=sorted(order.permissions),
        created_at=now,
    )
    taken = RoleCodeTakenError(field="code", taken=order.code)
    with transaction() as session, constraints({"uq_own_roles_code": taken}):
        _may_make(order, by)
        session.add(row)
        session.flush()
        _line("added", row, by=by, now=now, after=_kept(row))
    return view(row)


def change_role(order: NewRole, *, by: Actor, now: datetime) -> RoleView:
    """
    Change what a role of the hospital's own is called and brings, for all who have it.

    :raises ForbiddenError: if the actor does not hold all of it, everywhere
    :raises InputError: if it is a role that ships
    :raises NotFoundError: if there is no such role
    """
    _check(order)
    with transaction() as session:
        _may_make(order, by)
        row = _own(order.code)
        before = _kept(row)
        row.name = clean(order.name, field="name", least=1, most=80)
        row.permissions = sorted(order.permissions)
        session.flush()
        grants.forget()
        _line("changed", row, by=by, now=now, before=before, after=_kept(row))
    return view(row)


def drop_role(code: str, *, by: Actor, now: datetime) -> None:
    """
    Delete a role of the hospital's own that nobody has.

    :raises InputError: if it is a role that ships
    :raises NotFoundError: if there is no such role
    :raises RoleInUseError: if somebody has it
    """
    _check_own(code)
    used = RoleInUseError(field="code", role=code)
    meaning = {"fk_role_assignments_own_role_id": used}
    with transaction() as session, constraints(meaning):
        internal.require(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
        row = _own(code)
        session.delete(row)
        session.flush()
        _line("dropped", row, by=by, now=now, before=_kept(row))


def give_role(
    username: str, role: str, reach: Reach, *, by: Actor, now: datetime
) -> bool:
    """
    Give a user a role as far as it reaches, and say whether it is new to them.

    A department or resource in `reach` is what the role is for; the facility beside it
    says who may give it. Nobody gives more than they hold; who owns a place names its
    managers, and who manages it says who is authorised to book there.

    :raises InputError: if the role is for one place, and none is named
    :raises NotFoundError: if there is no such user or role
    """
    with transaction() as session:
        meant = _meant(role, reach)
        _may_give(meant, reach, by)
        user = named(username)
        given = session.scalar(
            insert(RoleAssignment)
            .values(user_id=user.id, **meant.columns, **_for(reach))
            .on_conflict_do_nothing()
            .returning(RoleAssignment.id)
        )
        if given is None:
            return False
        grants.forget()
        audit.record(
            "user.role_given",
            audit.Subject("user", user.public_id, reach.facility_id),
            by=by,
            now=now,
            after={"role": role, **_for(reach)},
        )
    return True


def take_role(
    username: str, role: str, reach: Reach, *, by: Actor, now: datetime
) -> bool:
    """
    Take a role from a user, as far as it was given, and say whether they had it.

    :raises NotFoundError: if there is no such user or role
    """
    with transaction() as session:
        meant = _meant(role, reach)
        _may_give(meant, reach, by)
        user = named(username)
        gone = delete(RoleAssignment).where(RoleAssignment.user_id == user.id)
        for name, value in {**meant.columns, **_for(reach)}.items():
            column = getattr(RoleAssignment, name)
            gone = gone.where(column.is_not_distinct_from(value))
        if session.scalar(gone.returning(RoleAssignment.id)) is None:
            return False
        grants.forget()
        audit.record(
            "user.role_taken",
            audit.Subject("user", user.public_id, reach.facility_id),
            by=by,
            now=now,
            before={"role": role, **_for(reach)},
        )
    return True


def named(username: str) -> User:
    """
    Give the user of that name.

    :raises NotFoundError: if there is none
    """
    user = db.session.scalar(
        select(User).where(func.lower(User.username) == username.strip().lower())
    )
    if user is None:
        raise NotFoundError("user", field="username", username=username)
    return user


def view(row: OwnRole) -> RoleView:
    return RoleView(row.code, row.name, tuple(row.permissions), built_in=False)


class _Meant(Struct, frozen=True):
    """A role as it is given: what it brings, and the columns that name it."""

    columns: Mapping[str, object]
    permissions: frozenset[Permission]
    role: Role | None = None


def _meant(code: str, reach: Reach) -> _Meant:
    role = _BUILT_IN.get(code)
    if role is None:
        row = _own(code, field="role")
        columns = {"role": None, "own_role_id": row.id}
        return _Meant(columns, known(row.permissions))
    if role in {Role.LOCATION_OWNER, Role.LOCATION_USER} and reach.resource_id is None:
        raise InputError(field="resource_id", reason="required")
    own = reach.resource_id is not None
    return _Meant({"role": role, "own_role_id": None}, brought(role, own=own), role)


def _may_give(meant: _Meant, reach: Reach, by: Actor) -> None:
    if reach.resource_id is not None and meant.role in ON_A_PLACE:
        scope = Scope(reach.facility_id, frozenset({Thing(reach.resource_id)}))
        users = meant.role is Role.LOCATION_USER
        keeping = Permission.KEEP_LOCATION if users else Permission.OWN_LOCATION
        internal.require(by, keeping, scope)
        return
    asked = {Permission.MANAGE_ACCOUNTS, *meant.permissions}
    internal.require_all(by, asked, Scope(reach.facility_id))


def _for(reach: Reach) -> dict[str, int | None]:
    narrow = reach.department_id is not None or reach.resource_id is not None
    return {
        "facility_id": None if narrow else reach.facility_id,
        "department_id": reach.department_id,
        "resource_id": reach.resource_id,
    }


def _may_make(order: NewRole, by: Actor) -> None:
    asked = {Permission.MANAGE_ACCOUNTS, *order.permissions}
    internal.require_all(by, asked, EVERYWHERE)


def _check(order: NewRole) -> None:
    _check_own(order.code)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,29}", order.code):
        raise InputError(field="code", reason="code", value=order.code)
    if not order.permissions:
        raise InputError(field="permissions", reason="required")


def _check_own(code: str) -> None:
    if code in _BUILT_IN:
        raise InputError(field="code", reason="built_in", role=code)


def _own(code: str, *, field: str = "code") -> OwnRole:
    # PostgreSQL takes no NUL, not even to say that nothing is called so.
    found = select(OwnRole).where(OwnRole.code == code.replace("\0", "?"))
    row = db.session.scalar(found.with_for_update())
    if row is None:
        raise NotFoundError("role", field=field)
    return row


def _kept(row: OwnRole) -> dict[str, object]:
    return {"code": row.code, "name": row.name, "permissions": row.permissions}


def _line(
    what: str,
    row: OwnRole,
    *,
    by: Actor,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    subject = audit.Subject("role", row.public_id)
    audit.record(f"role.{what}", subject, by=by, now=now, before=before, after=after)
