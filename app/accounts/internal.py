"""What higher rooms ask: may this actor do that here?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts import grants
from app.accounts.grants import Grant
from app.accounts.models import User
from app.accounts.permissions import Permission, Role
from app.accounts.views import Scope
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import ForbiddenError


def require(by: Actor, permission: Permission, scope: Scope) -> None:
    """
    Let pass who may, and refuse everybody else.

    :raises ForbiddenError: if nothing the actor holds brings the permission there
    """
    if not allowed(by, permission, scope):
        raise ForbiddenError(permission=permission.value, who=by.name)


def allowed(by: Actor, permission: Permission, scope: Scope) -> bool:
    """Say whether an actor holds a permission for all that a scope touches."""
    if by.kind is ActorKind.SYSTEM:
        return True
    holds = [grant for grant in grants.of(by) if permission in grant.permissions]
    return _covered(holds, scope)


@dataclass(frozen=True, slots=True)
class Asker:
    """Answers for many scopes from what was read once."""

    holds: Sequence[Grant]
    always: bool = False

    @property
    def nowhere(self) -> bool:
        return not (self.always or self.holds)

    def __call__(self, scope: Scope) -> bool:
        return self.always or _covered(self.holds, scope)


def asker(by: Actor, permission: Permission) -> Asker:
    """Read once what an actor holds, to ask about many scopes."""
    if by.kind is ActorKind.SYSTEM:
        return Asker((), always=True)
    return Asker([each for each in grants.of(by) if permission in each.permissions])


def facilities_where(by: Actor, permission: Permission) -> frozenset[int] | None:
    """
    Tell in which facilities the actor holds the permission; None means in all.

    A role on a department or resource does not open its whole facility.
    """
    if by.kind is ActorKind.SYSTEM:
        return None
    holds = [grant for grant in grants.of(by) if permission in grant.permissions]
    if any(grant.everywhere for grant in holds):
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
    return frozenset(grant.role for grant in grants.of(by) if grant.role is not None)


def _covered(holds: Iterable[Grant], scope: Scope) -> bool:
    """
    Say whether some grant reaches the facility, or each thing is reached by one.

    Every resource must be covered: a role on one of two is no leave to touch both.
    """
    holds = list(holds)
    if any(_whole(grant, scope) for grant in holds):
        return True
    return bool(scope.things) and all(
        any(
            grant.resource_id == thing.resource_id
            or (
                grant.department_id is not None
                and grant.department_id == thing.department_id
            )
            for grant in holds
        )
        for thing in scope.things
    )


def _whole(grant: Grant, scope: Scope) -> bool:
    return grant.everywhere or (
        grant.facility_id is not None and grant.facility_id == scope.facility_id
    )
