"""What an actor holds: by their roles, or lent to them by somebody."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.accounts.models import Delegation, OwnRole, RoleAssignment
from app.accounts.permissions import Permission, brought, known
from app.core.actor import Actor, ActorKind
from app.core.db import db


@dataclass(frozen=True, slots=True)
class Grant:
    """
    Some permissions, everywhere or in one facility, department or resource.

    `direct` if it is for the resource itself, `keeps` if its role keeps places. What
    was lent by a role for a facility or department holds only there: `within`.
    """

    permissions: frozenset[Permission]
    facility_id: int | None = None
    department_id: int | None = None
    resource_id: int | None = None
    role: str | None = None
    direct: bool = False
    keeps: bool = False
    within: int | None = None

    @property
    def everywhere(self) -> bool:
        return (self.facility_id, self.department_id, self.resource_id) == (
            None,
            None,
            None,
        )


def of(by: Actor) -> list[Grant]:
    """
    Give what an actor holds at this moment.

    Who acts on behalf of somebody holds what was lent and nothing of their own.
    """
    if by.kind is not ActorKind.USER or by.id is None:
        return []
    if by.delegation_id is not None:
        return _lent(by.delegation_id)
    return of_user(by.id)


def of_user(user_id: int) -> list[Grant]:
    """Give what a user holds by their roles, those of the hospital's own too."""
    rows = db.session.execute(
        select(RoleAssignment, OwnRole.code, OwnRole.permissions)
        .outerjoin(OwnRole, OwnRole.id == RoleAssignment.own_role_id)
        .where(RoleAssignment.user_id == user_id)
    )
    return [_grant(row, code, permissions) for row, code, permissions in rows]


def _grant(row: RoleAssignment, code: str, permissions: list[str]) -> Grant:
    direct = row.resource_id is not None
    brings = brought(row.role, own=direct) if row.role else known(permissions)
    return Grant(
        brings,
        row.facility_id,
        row.department_id,
        row.resource_id,
        row.role or code,
        direct=direct,
        keeps=Permission.KEEP_LOCATION in brings,
    )


def _lent(delegation_id: int) -> list[Grant]:
    """
    Give what was lent, as far as the lender holds it still.

    Whether the delegation is running was asked when the actor came in.
    """
    row = db.session.get(Delegation, delegation_id)
    if row is None or row.revoked_at is not None:
        return []
    return list(_narrowed(of_user(row.from_user_id), row))


def _narrowed(held: Iterable[Grant], row: Delegation) -> Iterable[Grant]:
    """
    Cut grants down to the permissions and resources that were lent.

    A lender's wider role counts where it was lent: one they have elsewhere by now does
    not carry what another one carried.
    """
    lent = known(row.permissions)
    for grant in held:
        both = grant.permissions & lent
        if not both:
            continue
        for resource_id, department_id in zip(
            row.resource_ids, row.department_ids, strict=True
        ):
            if (
                grant.everywhere
                or grant.resource_id == resource_id
                or grant.facility_id == row.facility_id
                or (department_id and grant.department_id == department_id)
            ):
                yield replace(
                    grant,
                    permissions=both,
                    facility_id=None,
                    department_id=None,
                    resource_id=resource_id,
                    role=None,
                    within=None
                    if grant.direct or grant.everywhere
                    else row.facility_id,
                )
