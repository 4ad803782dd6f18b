"""What doors read of changed hours: the bookings a change would strand, or has."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.availability import internal as availability
from app.availability.views import NewException, NewMaintenance, NewSchedule
from app.booking import eyes, rows, stranding, telling
from app.booking.states import Status
from app.booking.stranding import Change, Lost
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.errors import InputError, NotFoundError
from app.core.spans import Span, day_span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


class Stranded(Struct, frozen=True):
    """
    A live booking whose place nothing offers: which resource, when, and why.

    `reason` is hours, type, away, maintenance, break, token_slot, inactive or capacity.
    """

    appointment: AppointmentView
    resource: ResourceView
    span: Span
    reason: str
    why: str

    @property
    def is_offer(self) -> bool:
        """Say whether the place is only held for somebody on the waitlist."""
        told = self.appointment
        return told.status is Status.HELD and told.channel == telling.WAITLIST


def impact(change: Change, *, by: Actor, now: datetime) -> list[Stranded]:
    """
    Give the live bookings a change of hours would strand, before it is made.

    What is stranded already is not counted against the change.

    :raises InputError: if maintenance repeats in a way that cannot be
    """
    told = []
    for facility, resources in _reach(change, by):
        availability.check(change, facility)
        found = stranding.uses(
            facility, list(resources), *_when(change, facility, now), now=now
        )
        before = {each.key for each in stranding.lost(facility, resources, found)}
        after = stranding.lost(facility, resources, found, change)
        fresh = [each for each in after if each.key not in before]
        told += _views(fresh, resources, by)
    return told


def stranded(
    facility: FacilityView,
    window: Span,
    *,
    by: Actor,
    now: datetime,
    resource: ResourceView | None = None,
) -> list[Stranded]:
    """Give the live bookings of a window whose place nothing offers any more."""
    things = frozenset({resource.thing}) if resource else frozenset()
    accounts.require(by, Permission.VIEW_CALENDAR, Scope(facility.id, things))
    asked = [resource] if resource else directory.resources(facility.id)
    resources = {each.id: each for each in asked}
    after = max(window.start, now)
    found = stranding.uses(facility, list(resources), after, window.end, now=now)
    lost = stranding.lost(facility, resources, found)
    return _views(lost, resources, by)


def _reach(
    change: Change, by: Actor
) -> Iterable[tuple[FacilityView, dict[int, ResourceView]]]:
    """Give the facilities and resources a change is about, to who may make it."""
    facility = directory.facility(change.facility_id) if change.facility_id else None
    if change.resource_id is None:
        if facility is None:
            raise InputError(field="resource_id", reason="required")
        accounts.require(by, Permission.MANAGE_SCHEDULES, Scope(facility.id))
        return [(facility, {r.id: r for r in directory.resources(facility.id)})]
    number = directory.resource_number(change.resource_id)
    served = [
        post
        for post in directory.posts_of([number])
        if facility is None or post.facility_id == facility.id
    ]
    if facility is not None and not served:
        raise NotFoundError("resource", field="resource_id")
    _may_change(by, facility, served)
    if isinstance(change, NewMaintenance):
        # A machine out of service is out of service everywhere.
        served = directory.posts_of([number])
    places = directory.facilities({post.facility_id for post in served})
    return [(places[post.facility_id], {number: post}) for post in served]


def _may_change(
    by: Actor, facility: FacilityView | None, served: list[ResourceView]
) -> None:
    things = frozenset(post.thing for post in served)
    accounts.require(
        by,
        Permission.MANAGE_SCHEDULES,
        Scope(facility.id if facility else None, things),
    )


def _when(
    change: Change, facility: FacilityView, now: datetime
) -> tuple[datetime, datetime | None]:
    """Tell from when until when a change can strand anybody."""
    if isinstance(change, NewSchedule):
        # Also one with an end ends the hours before it for good.
        return max(day_span(change.valid_from, facility.zone).start, now), None
    if isinstance(change, NewMaintenance) and change.repeat is not None:
        last = change.repeat.until + timedelta(days=8)
        return max(change.during.start, now), day_span(last, facility.zone).end
    if isinstance(change, NewException) and change.is_available:
        # Time added takes no place away.
        return change.during.end, change.during.end
    return max(change.during.start, now), change.during.end


def _views(
    found: list[Lost],
    resources: dict[int, ResourceView],
    by: Actor,
) -> list[Stranded]:
    """Tell who is stranded; who comes and why, only to who may know."""
    bookings = {each.use.booking.id: each.use.booking for each in found}
    views = eyes.without_names(rows.views(list(bookings.values())), by)
    told = dict(zip(bookings, views, strict=True))
    return [
        Stranded(
            appointment=told[each.use.booking.id],
            resource=resources[each.use.resource_id],
            span=each.use.span,
            reason=each.reason,
            why=each.why,
        )
        for each in found
    ]
