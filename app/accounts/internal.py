"""What higher rooms ask: may this actor do that here?"""

from collections.abc import Iterable

from sqlalchemy import select

from app.accounts.models import RoleAssignment, User
from app.accounts.permissions import ROLES, Permission, Role
from app.accounts.views import Scope
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import ForbiddenError


def require(by: Actor, permission: Permission, scope: Scope) -> None:
    """
    Let pass who may, and refuse everybody else.

    :raises ForbiddenError: if no role of the actor brings the permission there
    """
    if not allowed(by, permission, scope):
        raise ForbiddenError(permission=permission.value, who=by.name)


def allowed(by: Actor, permission: Permission, scope: Scope) -> bool:
    """Say whether a role of the actor brings the permission in that scope."""
    if by.kind is ActorKind.SYSTEM:
        return True
    return any(
        permission in ROLES[grant.role] and _reaches(grant, scope)
        for grant in _grants(by)
    )


def facilities_where(by: Actor, permission: Permission) -> frozenset[int] | None:
    """
    Tell in which facilities the actor holds the permission; None means in all.

    A role on a department or resource does not open its whole facility.
    """
    if by.kind is ActorKind.SYSTEM:
        return None
    holds = [grant for grant in _grants(by) if permission in ROLES[grant.role]]
    if any(_everywhere(grant) for grant in holds):
        return None
    return frozenset(g.facility_id for g in holds if g.facility_id is not None)


def names(keys: Iterable[str]) -> dict[str, str]:
    """Give the names of users by the keys they act under, as in user:12."""
    prefix = f"{ActorKind.USER}:"
    numbers = [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]
    ids = [int(number) for number in numbers if number.isdecimal()]
    if not ids:
        return {}
    found = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {f"{prefix}{number}": name for number, name in found}


def roles(by: Actor) -> frozenset[Role]:
    """Tell which roles an actor has, wherever."""
    return frozenset(grant.role for grant in _grants(by))


def _grants(by: Actor) -> list[RoleAssignment]:
    if by.kind is not ActorKind.USER:
        return []
    found = db.session.scalars(
        select(RoleAssignment).where(RoleAssignment.user_id == by.id)
    )
    return list(found)


def _everywhere(grant: RoleAssignment) -> bool:
    return (grant.facility_id, grant.department_id, grant.resource_id) == (
        None,
        None,
        None,
    )


def _reaches(grant: RoleAssignment, scope: Scope) -> bool:
    """A narrower role reaches an act that touches nothing outside it."""
    if _everywhere(grant):
        return True
    if grant.facility_id is not None:
        return grant.facility_id == scope.facility_id
    if grant.department_id is not None:
        return scope.department_ids == {grant.department_id}
    return scope.resource_ids == {grant.resource_id}
