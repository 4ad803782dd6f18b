"""Which rules hold where, and what they say of a booking."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import due, rules
from app.booking.history import Past
from app.booking.kinds import Role
from app.booking.models import RuleSetting
from app.booking.rules.case import Case, Judges, Rule
from app.booking.rules.daily_limit import DailyLimit
from app.booking.rules.later_days import LaterDays
from app.booking.rules.overbooking import Overbooking
from app.booking.rules.quiet_period import QuietPeriod
from app.booking.rules.walk_in_share import WalkInShare
from app.core.actor import Actor
from app.core.db import db, table
from app.core.spans import Span
from app.directory.views import Bookable, FacilityView, ResourceView, TypeView
from app.patients.views import PatientView


class Setting(Struct, frozen=True):
    """A rule as it is set, and where it holds; None is everywhere."""

    kind: str
    settings: Mapping[str, Any]
    department_id: int | None
    resource_id: int | None
    type_id: int | None


class Ruleset(Struct, frozen=True):
    """The rule settings of a facility, in order."""

    settings: tuple[Setting, ...]

    def of(self, resource: ResourceView, kind: TypeView | None) -> list[Rule]:
        """Give the rules for a type with a resource; without, those for every type."""
        return [
            rules.build(each.kind, each.settings) for each in self._for(resource, kind)
        ]

    def shares(self, resource: ResourceView) -> list[Rule]:
        """Give the rules that keep tokens of a resource's slots for who walks in."""
        found = (s for s in self._for(resource, None) if s.kind == WalkInShare.kind)
        return [rules.build(each.kind, each.settings) for each in found]

    def _for(self, resource: ResourceView, kind: TypeView | None) -> Iterator[Setting]:
        return (
            each
            for each in self.settings
            if each.resource_id in {None, resource.id}
            and each.department_id in {None, resource.department_id}
            and each.type_id in {None, kind.id if kind else None}
        )


def load(facility: FacilityView) -> Ruleset:
    """Read the rules that hold in a facility, in one statement."""
    found = db.session.execute(_STANDING, {"facility": facility.id})
    return Ruleset(tuple(Setting(*row) for row in found))


_RULE = table(RuleSetting).c
_STANDING = (
    select(
        _RULE.kind,
        _RULE.settings,
        _RULE.department_id,
        _RULE.resource_id,
        _RULE.type_id,
    )
    .where(
        _RULE.active,
        or_(_RULE.facility_id == bindparam("facility"), _RULE.facility_id.is_(None)),
    )
    .order_by(_RULE.position, _RULE.id)
)


def beside(facility: ColumnElement[int]) -> ColumnElement[Any]:
    """Select the rules of a facility, by row number, as JSON for `Setting`."""
    told = func.json_build_array(
        _RULE.kind,
        _RULE.settings,
        _RULE.department_id,
        _RULE.resource_id,
        _RULE.type_id,
    )
    return (
        select(func.json_agg(aggregate_order_by(told, _RULE.position, _RULE.id)))
        .where(
            _RULE.active,
            or_(_RULE.facility_id == facility, _RULE.facility_id.is_(None)),
        )
        .correlate_except(table(RuleSetting))
        .scalar_subquery()
    )


def case(
    what: Bookable,
    span: Span,
    *,
    by: Actor,
    now: datetime,
    patient: PatientView | None = None,
    without: int | None = None,
    role: Role = Role.PATIENT,
) -> Case:
    """
    Make the case of a booking; `without` is the appointment that is being moved.

    The patient comes to it in that role.
    """
    return Case(
        facility=what.facility,
        resource=what.resource,
        type=what.type,
        span=span,
        now=now,
        history=Past(now, without),
        roles=accounts.roles(by),
        patient=patient,
        role=role,
    )


def judge(
    found: Iterable[Rule],
    it: Case,
    sides: Collection[Judges],
    *,
    by: Actor,
    overridden: bool,
) -> None:
    """
    Put a booking before its rules, unless its actor overrides them and may.

    :raises ForbiddenError: if the actor may not override rules here
    :raises NotFoundError: if patients do not book that themselves
    :raises RuleError: by the first rule that refuses
    """
    due.judge(it, frozenset(sides), by=by)
    if overridden:
        where = Scope(it.facility.id, frozenset({it.resource.thing}))
        accounts.require(by, Permission.OVERRIDE_RULES, where)
        return
    found = list(found)
    for side in sides:
        rules.check(found, it, side)


def limits(found: Iterable[Rule]) -> list[DailyLimit]:
    """Give the daily limits among some rules."""
    return [cast("DailyLimit", rule) for rule in found if rule.kind == DailyLimit.kind]


def allowance(found: Iterable[Rule], tokens: int) -> int:
    """Tell how many more than its tokens a slot may hold, for who may overbook."""
    return max(
        (
            cast("Overbooking", rule).allowance(tokens)
            for rule in found
            if rule.kind == Overbooking.kind
        ),
        default=0,
    )


def quiet(found: Iterable[Rule]) -> timedelta:
    """Tell how far around a place rules ask what else is there."""
    asked = (r for r in found if r.kind == QuietPeriod.kind)
    minutes = (cast("QuietPeriod", rule).minutes for rule in asked)
    return timedelta(minutes=max(minutes, default=0))


def later_days(found: Ruleset, resource: ResourceView) -> int:
    """Tell how many days later a resource's tokens may go when their slot closes."""
    asked = (r for r in found.of(resource, None) if r.kind == LaterDays.kind)
    return next((cast("LaterDays", rule).days for rule in asked), LaterDays().days)


def reserved(found: Iterable[Rule], tokens: int) -> int:
    """Tell how many of a slot's tokens are kept for who walks in."""
    return max(
        (
            cast("WalkInShare", rule).reserved(tokens)
            for rule in found
            if rule.kind == WalkInShare.kind
        ),
        default=0,
    )
