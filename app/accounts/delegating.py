"""Acts on delegation: lend what one may do, take it back."""

from datetime import datetime
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import func, select

from app.accounts import internal
from app.accounts.models import Delegation, User
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE, Scope, Thing
from app.audit import internal as audit
from app.core.actor import Actor, ActorKind
from app.core.db import db, transaction
from app.core.errors import ForbiddenError, InputError, NotFoundError
from app.core.spans import Span

# Roles, rules and accounts are not lent: who needs them gets a role.
LENDABLE = frozenset(
    {
        Permission.VIEW_CALENDAR,
        Permission.REQUEST,
        Permission.BOOK,
        Permission.MODIFY,
        Permission.CANCEL,
        Permission.APPROVE,
        Permission.MANAGE_SCHEDULES,
    }
)


class NewDelegation(Struct, frozen=True):
    """
    What is lent, to whom, over which resources, and how long.

    `facility_id` is where the lender's own leave is asked, now and at every use.
    """

    to: str
    permissions: frozenset[Permission]
    facility_id: int
    things: frozenset[Thing]
    during: Span


def delegate(order: NewDelegation, *, by: Actor, now: datetime) -> UUID:
    """
    Lend permissions over resources to another user, for a span.

    :raises ForbiddenError: if the lender does not hold all of it
    :raises InputError: if nothing is lent, to nobody else, or for a time gone by
    :raises NotFoundError: if there is no such user
    """
    _check(order, now)
    things = sorted(order.things, key=lambda each: each.resource_id)
    if by.kind is not ActorKind.USER or by.id is None or by.delegation_id is not None:
        raise ForbiddenError(permission="delegate", who=by.name)
    with transaction() as session:
        scope = Scope(order.facility_id, order.things)
        internal.require_all(by, order.permissions, scope)
        to = _user(order.to)
        if to.id == by.id:
            raise InputError(field="to", reason="oneself")
        row = Delegation(
            public_id=uuid4(),
            from_user_id=by.id,
            to_user_id=to.id,
            permissions=sorted(each.value for each in order.permissions),
            facility_id=order.facility_id,
            resource_ids=[each.resource_id for each in things],
            department_ids=[each.department_id for each in things],
            during=order.during,
            created_at=now,
        )
        session.add(row)
        session.flush()
        audit.record(
            "delegation.made",
            audit.Subject("delegation", row.public_id, order.facility_id),
            by=by,
            now=now,
            after={
                "to": to.username,
                "permissions": row.permissions,
                "resources": row.resource_ids,
                "during": row.during,
            },
        )
        return row.public_id


def revoke_delegation(delegation: UUID, *, by: Actor, now: datetime) -> None:
    """
    End a delegation at once; only its lender or an admin may. Twice changes nothing.

    :raises NotFoundError: if there is none, or not for this actor's eyes
    """
    with transaction():
        found = select(Delegation).where(Delegation.public_id == delegation)
        row = db.session.scalar(found.with_for_update())
        lent = (
            row is not None
            and by.kind is ActorKind.USER
            and (row.from_user_id == by.id and by.delegation_id is None)
        )
        manages = internal.allowed(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE)
        if row is None or not (lent or manages):
            raise NotFoundError("delegation", field="delegation_id")
        if row.revoked_at is not None:
            return
        row.revoked_at = now
        audit.record(
            "delegation.revoked",
            audit.Subject("delegation", delegation),
            by=by,
            now=now,
        )


def _check(order: NewDelegation, now: datetime) -> None:
    if not order.permissions or not order.permissions <= LENDABLE:
        raise InputError(
            field="permissions",
            reason="choice",
            choices=sorted(each.value for each in LENDABLE),
        )
    if not order.things:
        raise InputError(field="resources", reason="required")
    if order.during.end <= now:
        raise InputError(field="during", reason="gone_by")


def _user(username: str) -> User:
    user = db.session.scalar(
        select(User).where(
            func.lower(User.username) == username.strip().lower(), User.active
        )
    )
    if user is None:
        raise NotFoundError("user", field="to", username=username)
    return user
