"""What an actor holds: by their roles, or lent to them by somebody."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from app.accounts.models import Delegation, OwnRole, RoleAssignment
from app.accounts.permissions import PUBLIC, Permission, Role, brought, known
from app.core.actor import Actor, ActorKind
from app.core.db import db


class Grant(Struct, frozen=True):
    """
    Some permissions, everywhere or in one facility, department or resource.

    `direct` if it is for the resource itself, `keeps` if its role keeps places. What
    was lent by a role for a facility or department holds only there: `within`.
    A `public` one reaches what patients book themselves, and nothing else.
    """

    permissions: frozenset[Permission]
    facility_id: int | None = None
    department_id: int | None = None
    resource_id: int | None = None
    role: str | None = None
    direct: bool = False
    keeps: bool = False
    within: int | None = None
    public: bool = False

    @property
    def everywhere(self) -> bool:
        named = (self.facility_id, self.department_id, self.resource_id)
        return named == (None, None, None) and not self.public


_FOR_PATIENTS = (Grant(PUBLIC, public=True),)

# What was read as somebody came in, kept with the session: that ends with the request.
_KEPT = "baari.grants"


def of(by: Actor) -> Sequence[Grant]:
    """
    Give what an actor holds at this moment.

    Who acts on behalf of somebody holds what was lent and nothing of their own.
    """
    if by.kind is ActorKind.PATIENT:
        return _FOR_PATIENTS
    if by.kind is not ActorKind.USER or by.id is None:
        return []
    if by.delegation_id is not None:
        return _lent(by.delegation_id)
    return of_user(by.id)


def of_user(user_id: int) -> Sequence[Grant]:
    """
    Give what a user holds by their roles, those of the hospital's own too.

    As kept for this request, else as read.
    """
    kept = db.session().info.get(_KEPT, {})
    if user_id in kept:
        found: Sequence[Grant] = kept[user_id]
        return found
    rows = db.session.execute(
        select(*COLUMNS)
        .outerjoin(OwnRole, OwnRole.id == RoleAssignment.own_role_id)
        .where(RoleAssignment.user_id == user_id)
    )
    return [grant(*row) for row in rows]


# As `grant` takes them.
COLUMNS = (
    RoleAssignment.role,
    RoleAssignment.facility_id,
    RoleAssignment.department_id,
    RoleAssignment.resource_id,
    OwnRole.code,
    OwnRole.permissions,
)


def grant(  # noqa: PLR0917 - as the columns are read
    role: Role | None,
    facility_id: int | None,
    department_id: int | None,
    resource_id: int | None,
    own_code: str,
    own_permissions: list[str],
) -> Grant:
    """Make what a role brings, as far as it reaches; one of its own has no `role`."""
    direct = resource_id is not None
    brings = brought(role, own=direct) if role else known(own_permissions)
    return Grant(
        brings,
        facility_id,
        department_id,
        resource_id,
        role or own_code,
        direct=direct,
        keeps=Permission.KEEP_LOCATION in brings,
    )


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
