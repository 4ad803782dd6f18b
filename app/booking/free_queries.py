"""What of a resource is free: on a day, in a month, next; for all or for a patient."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import (
    eyes,
    facts,
    first_opening,
    listing,
    months,
    places,
    seeking,
    team_listing,
)
from app.booking.errors import NoneFreeError
from app.booking.facts import Known
from app.booking.kinds import Kind
from app.booking.views import (
    ColumnView,
    Member,
    MonthView,
    Opening,
    Seeking,
    Whom,
)
from app.core.actor import Actor
from app.core.errors import InputError, NotFoundError
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.kinds import ResourceKind
from app.directory.views import Bookable, FacilityView, ResourceView

# How far ahead the nearest free places are looked for.
LOOK_AHEAD_DAYS = 14
LONGEST_MONTH = 31


def openings(
    facility: FacilityView,
    resource: ResourceView,
    type_id: UUID,
    after: datetime,
    *,
    by: Actor,
    now: datetime,
    minutes: int | None = None,
    most: int = 3,
    whom: Whom | None = None,
) -> list[Opening]:
    """
    Give the next free places of a resource for a type, from `after` on.

    Token slots with places left and open time long enough, in order of time. Of a team,
    and of a type with needs, only times at which all of it is free. With `whom`, only
    what no rule refuses that patient.
    """
    eyes.may_view(facility, [resource], by)
    known = facts.of(whom, facility, [resource], by=by, now=now)
    kind = directory.appointment_type(type_id)
    usual = minutes or directory.minutes_with(kind, resource.id)
    length = timedelta(minutes=usual)
    start = max(after, now)
    window = Span(start, start + timedelta(days=LOOK_AHEAD_DAYS))
    joint = Bookable(facility, resource, kind, usual)
    if resource.kind is ResourceKind.TEAM:
        return _joint(joint, start, most, by=by, now=now, known=known)
    found = listing.openings(
        facility, resource, kind, window, length, by=by, now=now, known=known
    )
    if kind.has_needs:
        # A time alone is no opening: what the type needs must be free then too.
        found = [each for each in found if each.kind is Kind.TOKEN]
        found += _joint(joint, start, most, by=by, now=now, known=known)
        found.sort(key=lambda each: each.span)
    return found[:most]


def _joint(
    what: Bookable,
    start: datetime,
    most: int,
    *,
    by: Actor,
    now: datetime,
    known: Known | None,
) -> list[Opening]:
    """Give the times at which a team, or all a type needs, is free together."""
    resource = what.resource
    asked = Seeking((Member(resource.public_id),), what.type.public_id, what.minutes)
    try:
        sought = seeking.resolve(what.facility, asked, by=by, after=start)
    except NoneFreeError:
        # Nothing in the facility could ever meet what it needs.
        return []
    found = first_opening.find(
        sought,
        start,
        by=by,
        now=now,
        most=most,
        days=LOOK_AHEAD_DAYS,
        known=[known] if known else (),
    )
    return [Opening(Kind.TIMED, resource, each.span) for each in found]


def slots(
    facility_id: UUID,
    resource_id: UUID,
    day: date,
    *,
    by: Actor,
    now: datetime,
    type_id: UUID | None = None,
    whom: Whom | None = None,
) -> ColumnView:
    """
    Give a day of a resource without its visitors, in four statements.

    Each slot carries the rule that refuses it, if one does; for a type, only the slots
    that take it. With `whom`, the rules of that patient are asked too.

    :raises NotFoundError: if there is no such place, or not for this actor's eyes
    """
    facility, resource = directory.serving(facility_id, resource_id)
    scope = places.scope(facility, [resource])
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, scope):
        raise NotFoundError("facility", field="facility_id")
    kind = directory.appointment_type(type_id) if type_id else None
    if resource.kind is ResourceKind.TEAM:
        return team_listing.day(facility, resource, day, kind, by=by, now=now)
    known = facts.of(whom, facility, [resource], by=by, now=now)
    return listing.day(facility, resource, day, kind, by=by, now=now, known=known)


def month(
    facility: FacilityView,
    resources: Sequence[ResourceView],
    first_day: date,
    *,
    by: Actor,
    now: datetime,
    days: int = 31,
    type_id: UUID | None = None,
    whom: Whom | None = None,
) -> list[MonthView]:
    """
    Give how full each day of some resources is: total and free, in three statements.

    A day carries the rule that refuses all of it to this actor, if one does. For a
    type, only what takes it counts; with `whom`, what that patient may book is free.

    :raises InputError: if so many days are not a month
    """
    eyes.may_view(facility, resources, by)
    if not 1 <= days <= LONGEST_MONTH:
        raise InputError(field="days", reason="between", least=1, most=LONGEST_MONTH)
    return months.month(
        facility,
        resources,
        first_day,
        days,
        by=by,
        now=now,
        kind=directory.appointment_type(type_id) if type_id else None,
        known=facts.of(whom, facility, resources, by=by, now=now),
    )
