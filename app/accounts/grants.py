"""What an actor holds: by their roles, or lent to them by somebody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.accounts.models import Delegation, RoleAssignment
from app.accounts.permissions import ROLES, Permission, Role
from app.core.actor import Actor, ActorKind
from app.core.db import db


@dataclass(frozen=True, slots=True)
class Grant:
    """Some permissions, everywhere or in one facility, department or resource."""

    permissions: frozenset[Permission]
    facility_id: int | None = None
    department_id: int | None = None
    resource_id: int | None = None
    role: Role | None = None

    @property
    def everywhere(self) -> bool:
        return (self.facility_id, self.department_id, self.resource_id) == (
            None,
            None,
            None,
        )


# What was read as somebody came in, kept with the session: that ends with the request.
_KEPT = "baari.grants"


def of(by: Actor) -> Sequence[Grant]:
    """
    Give what an actor holds at this moment.

    Who acts on behalf of somebody holds what was lent and nothing of their own.
    """
    if by.kind is not ActorKind.USER or by.id is None:
        return []
    if by.delegation_id is not None:
        return _lent(by.delegation_id)
    return of_user(by.id)


def of_user(user_id: int) -> Sequence[Grant]:
    """Give what a user holds by their roles: as kept for this request, else as read."""
    kept = db.session().info.get(_KEPT, {})
    if user_id in kept:
        found: Sequence[Grant] = kept[user_id]
        return found
    rows = db.session.execute(select(*COLUMNS).where(RoleAssignment.user_id == user_id))
    return [grant(*row) for row in rows]


# As `grant` takes them.
COLUMNS = (
    RoleAssignment.role,
    RoleAssignment.facility_id,
    RoleAssignment.department_id,
    RoleAssignment.resource_id,
)


def grant(
    role: Role,
    facility_id: int | None,
    department_id: int | None,
    resource_id: int | None,
) -> Grant:
    """Make what a role brings, as far as it reaches."""
    return Grant(ROLES[role], facility_id, department_id, resource_id, role)


def keep(user_id: int, held: Sequence[Grant]) -> None:
    """Keep what a user holds, so that it is read once a request and not at each act."""
    db.session().info[_KEPT] = {user_id: held}


def forget() -> None:
    """Forget what is kept: a role has changed."""
    db.session().info.pop(_KEPT, None)


def _lent(delegation_id: int) -> list[Grant]:
    """
    Give what was lent, as far as the lender holds it still.

    Whether the delegation is running was asked when the actor came in.
    """
    row = db.session.get(Delegation, delegation_id)
    if row is None or row.revoked_at is not None:
        return []
    lent = frozenset(Permission(each) for each in row.permissions)
    return list(_narrowed(of_user(row.from_user_id), lent, row.resource_ids))


def _narrowed(
    held: Iterable[Grant], lent: frozenset[Permission], resource_ids: list[int]
) -> Iterable[Grant]:
    """
    Cut grants down to the permissions and resources that were lent.

    A lender's wider role was checked to reach each resource when it was lent.
    """
    for grant in held:
        both = grant.permissions & lent
        if not both:
            continue
        for resource_id in resource_ids:
            if grant.resource_id in {None, resource_id}:
                yield replace(
                    grant,
                    permissions=both,
                    facility_id=None,
                    department_id=None,
                    resource_id=resource_id,
                    role=None,
                )
