"""Acts on rules: set one, drop one."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct, field
from sqlalchemy import or_, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE, Scope
from app.audit import internal as audit
from app.booking import rules
from app.booking.models import RuleSetting
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


class NewRule(Struct, frozen=True):
    """A rule to be set; what is None holds for all. Lower positions are asked first."""

    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    facility_id: UUID | None = None
    department_id: UUID | None = None
    resource_id: UUID | None = None
    type_id: UUID | None = None
    position: int = 0


class RuleView(Struct, frozen=True):
    """A rule as it stands; what is None holds for all."""

    id: UUID
    kind: str
    settings: dict[str, Any]
    facility_id: UUID | None
    department_id: UUID | None
    resource_id: UUID | None
    type_id: UUID | None
    position: int


def standing(facility: FacilityView) -> list[RuleView]:
    """Give the rules that hold in a facility, its own and those for all."""
    found = db.session.scalars(
        select(RuleSetting)
        .where(
            RuleSetting.active,
            or_(
                RuleSetting.facility_id == facility.id,
                RuleSetting.facility_id.is_(None),
            ),
        )
        .order_by(RuleSetting.position, RuleSetting.id)
    ).all()
    departments = {d.id: d.public_id for d in directory.departments(facility.id)}
    posts = directory.posts_of(r.resource_id for r in found if r.resource_id)
    resources = {post.id: post.public_id for post in posts}
    types = {number: kind.public_id for number, kind in directory.types().items()}
    return [
        RuleView(
            id=row.public_id,
            kind=row.kind,
            settings=row.settings,
            facility_id=facility.public_id if row.facility_id else None,
            department_id=departments.get(row.department_id or 0),
            resource_id=resources.get(row.resource_id or 0),
            type_id=types.get(row.type_id or 0),
            position=row.position,
        )
        for row in found
        # What is for another facility's department does not hold here.
        if row.department_id is None or row.department_id in departments
    ]


def add_rule(order: NewRule, *, by: Actor, now: datetime) -> UUID:
    """
    Set a rule from now on; bookings that are there already stay.

    Who keeps the hours of a resource may set its limits and its window for booking.

    :raises InputError: if the kind or a setting cannot be right
    :raises NotFoundError: if it names something that is not there
    """
    rules.build(order.kind, order.settings)
    with transaction() as session:
        facility = directory.facility(order.facility_id) if order.facility_id else None
        resource_id = (
            directory.resource_number(order.resource_id) if order.resource_id else None
        )
        _require(order.kind, facility.id if facility else None, resource_id, by)
        row = RuleSetting(
            public_id=uuid4(),
            kind=order.kind,
            settings=order.settings,
            facility_id=facility.id if facility else None,
            department_id=(
                directory.open_department(order.department_id)
                if order.department_id
                else None
            ),
            resource_id=resource_id,
            type_id=(
                directory.appointment_type(order.type_id).id if order.type_id else None
            ),
            position=order.position,
            active=True,
            created_at=now,
        )
        session.add(row)
        session.flush()
        audit.record(
            "rule.added",
            audit.Subject("rule", row.public_id, row.facility_id),
            by=by,
            now=now,
            after={"kind": order.kind, "settings": order.settings},
        )
        return row.public_id


def drop_rule(rule: UUID, *, by: Actor, now: datetime) -> None:
    """
    Let a rule hold no longer; dropping it twice changes nothing.

    :raises NotFoundError: if there is no such rule
    """
    with transaction():
        row = db.session.scalar(
            select(RuleSetting).where(RuleSetting.public_id == rule)
        )
        if row is None:
            raise NotFoundError("rule", field="rule_id")
        _require(row.kind, row.facility_id, row.resource_id, by)
        if not row.active:
            return
        row.active = False
        audit.record(
            "rule.dropped",
            audit.Subject("rule", rule, row.facility_id),
            by=by,
            now=now,
            before={"kind": row.kind, "settings": row.settings},
        )


def _require(
    kind: str, facility_id: int | None, resource_id: int | None, by: Actor
) -> None:
    """Let pass who sets rules there, or keeps the hours that the rule belongs to."""
    scope = Scope(facility_id) if facility_id else EVERYWHERE
    post = _post(facility_id, resource_id) if kind in rules.OF_HOURS else None
    if post is not None and not accounts.allowed(by, Permission.MANAGE_RULES, scope):
        whose = Scope(facility_id, frozenset({post.thing}))
        if accounts.allowed(by, Permission.MANAGE_SCHEDULES, whose):
            return
    accounts.require(by, Permission.MANAGE_RULES, scope)


def _post(facility_id: int | None, resource_id: int | None) -> ResourceView | None:
    """Give a resource as it serves there, if a rule is of one at one facility."""
    if facility_id is None or resource_id is None:
        return None
    posts = directory.posts_of([resource_id])
    return next((post for post in posts if post.facility_id == facility_id), None)
