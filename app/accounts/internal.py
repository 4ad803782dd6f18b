"""What higher rooms ask: may this actor do that here?"""

from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import func, or_, select

from app.accounts import grants
from app.accounts.grants import Grant
from app.accounts.models import Delegation, RoleAssignment, User
from app.accounts.permissions import (
    GUARDED,
    OF_KEEPERS,
    ON_A_PLACE,
    Permission,
    Role,
    bringing,
    brought,
)
from app.accounts.views import EVERYWHERE, Scope, Sight, Thing
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import ForbiddenError

_MOST_CALLED = 200


def require(by: Actor, permission: Permission, scope: Scope) -> None:
    """
    Let pass who may, and refuse everybody else.

    :raises ForbiddenError: if nothing the actor holds brings the permission there
    """
    if not allowed(by, permission, scope):
        raise refusal(by, permission, scope)


def require_all(by: Actor, permissions: Iterable[Permission], scope: Scope) -> None:
    """
    Let pass who holds each of some permissions; what they hold is read once.

    :raises ForbiddenError: naming the first that the actor does not hold there
    """
    if by.kind is ActorKind.SYSTEM:
        return
    held = grants.of(by)
    for permission in sorted(permissions):
        if not _covered(held, permission, scope):
            raise refusal(by, permission, scope)


def refusal(
    by: Actor, permission: Permission, scope: Scope = EVERYWHERE
) -> ForbiddenError:
    """Give the refusal for want of a permission, which says whom to ask."""
    closed = any(thing.restricted for thing in scope.things)
    may = [
        role
        for role in bringing(permission)
        if role in ON_A_PLACE
        or not (closed and permission in GUARDED)
        or Permission.KEEP_LOCATION in brought(role, own=False)
    ]
    return ForbiddenError(permission=permission.value, who=by.name, may=tuple(may))


def allowed(by: Actor, permission: Permission, scope: Scope) -> bool:
    """Say whether an actor holds a permission for all that a scope touches."""
    return asking(by, permission)(scope)


def asking(by: Actor, permission: Permission) -> Callable[[Scope], bool]:
    """Read once what an actor holds, to ask of any number of scopes."""
    if by.kind is ActorKind.SYSTEM:
        return lambda _: True
    held = grants.of(by)
    return lambda scope: _covered(held, permission, scope)


def sight(by: Actor, permission: Permission) -> Sight:
    """
    Tell over what an actor holds a permission.

    A role on a department or resource does not open its whole facility.
    """
    holds = [grant for grant in grants.of(by) if permission in grant.permissions]
    return Sight(
        everywhere=by.kind is ActorKind.SYSTEM or any(g.everywhere for g in holds),
        facilities=frozenset(g.facility_id for g in holds if g.facility_id),
        departments=frozenset(g.department_id for g in holds if g.department_id),
        resources=frozenset(g.resource_id for g in holds if g.resource_id),
    )


def names(keys: Iterable[str]) -> dict[str, str]:
    """
    Give the names of users by the keys they act under, as in user:12.

    What was done under a delegation, user:12/delegation:7, has both names.
    """
    asked = {key: _numbers(key) for key in keys}
    users = {user for user, _ in asked.values() if user is not None}
    lent = {number for _, number in asked.values() if number is not None}
    if not users:
        return {}
    called = {
        row.id: row.name
        for row in db.session.execute(
            select(User.id, User.name).where(User.id.in_(users))
        )
    }
    lenders = dict(_lenders(lent)) if lent else {}
    return {
        key: called[user]
        + (f" on behalf of {lenders[number]}" if number in lenders else "")
        for key, (user, number) in asked.items()
        if user in called
    }


def called(typed: str) -> dict[str, str]:
    """Give the names of users by their keys: so named, or called so in part."""
    pattern = func.lower(typed.replace("\0", "?"))
    found = select(User.id, User.name).where(
        or_(
            User.username == pattern,
            func.strpos(func.lower(User.name), pattern) > 0,
        )
    )
    return {
        f"{ActorKind.USER}:{row.id}": row.name
        for row in db.session.execute(found.limit(_MOST_CALLED))
    }


def roles(by: Actor) -> frozenset[str]:
    """Tell which roles an actor has, wherever."""
    return frozenset(grant.role for grant in grants.of(by) if grant.role is not None)


def roles_at(by: Actor) -> frozenset[tuple[str, int | None]]:
    """
    Tell which roles an actor has in which facility; None means in all.

    A role on a department or resource is none of its whole facility.
    """
    return frozenset(
        (grant.role, grant.facility_id)
        for grant in grants.of(by)
        if grant.role is not None
        and (grant.everywhere or grant.facility_id is not None)
    )


def mail_of(user_id: int) -> tuple[str, frozenset[str]]:
    """Give where mail reaches a user, and their roles; nowhere who signs in no more."""
    found = select(User.email).where(User.id == user_id, User.active)
    address = db.session.scalar(found) or ""
    roles = {grant.role for grant in grants.of_user(user_id)}
    return address, frozenset(role for role in roles if role is not None)


def public_id_of(user_id: int) -> UUID:
    """Give the public id of a user who is there."""
    return db.session.scalars(select(User.public_id).where(User.id == user_id)).one()


def make_own(user_id: int, resource_id: int) -> None:
    """Let a user be the doctor of a resource: it is themselves."""
    db.session.add(
        RoleAssignment(user_id=user_id, role=Role.DOCTOR, resource_id=resource_id)
    )
    grants.forget()


def _numbers(key: str) -> tuple[int | None, int | None]:
    user, _, delegation = key.removeprefix(f"{ActorKind.USER}:").partition(
        "/delegation:"
    )
    if not key.startswith(f"{ActorKind.USER}:") or not user.isdecimal():
        return None, None
    return int(user), int(delegation) if delegation.isdecimal() else None


def _lenders(ids: Iterable[int]) -> Iterable[tuple[int, str]]:
    found = (
        select(Delegation.id, User.name)
        .join(User, User.id == Delegation.from_user_id)
        .where(Delegation.id.in_(set(ids)))
    )
    return [(number, name) for number, name in db.session.execute(found)]


def _covered(held: Iterable[Grant], permission: Permission, scope: Scope) -> bool:
    """
    Say whether some grant reaches the facility, or each thing is reached by one.

    Every resource must be covered: a role on one of two is no leave to touch both. But
    who keeps the places of a booking decides about it, whoever else is in it.
    """
    near = [grant for grant in held if grant.within in {None, scope.facility_id}]
    holds = [grant for grant in near if permission in grant.permissions]
    if not scope.things:
        return any(_whole(grant, scope) for grant in holds)
    places = [thing for thing in scope.things if thing.place]
    if places and permission in OF_KEEPERS:
        keep = [grant for grant in holds if grant.keeps]
        if _each(places, keep, permission, scope):
            return True
    return _each(scope.things, holds, permission, scope)


def _each(
    things: Iterable[Thing],
    holds: Iterable[Grant],
    permission: Permission,
    scope: Scope,
) -> bool:
    holds = list(holds)
    return all(
        any(_reaches(grant, thing, permission, scope) for grant in holds)
        for thing in things
    )


def _reaches(grant: Grant, thing: Thing, permission: Permission, scope: Scope) -> bool:
    if grant.public:
        return thing.public and not thing.restricted
    authorised = grant.direct or grant.keeps
    if thing.restricted and permission in GUARDED and not authorised:
        return False
    return (
        _whole(grant, scope)
        or grant.resource_id == thing.resource_id
        or (
            grant.department_id is not None
            and grant.department_id == thing.department_id
        )
    )


def _whole(grant: Grant, scope: Scope) -> bool:
    return grant.everywhere or (
        grant.facility_id is not None and grant.facility_id == scope.facility_id
    )
