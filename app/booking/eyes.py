"""What an actor sees of a facility's bookings: all, or those of what is theirs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import places, rows
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.errors import ForbiddenError
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


def may_view(
    facility: FacilityView, resources: Sequence[ResourceView], by: Actor
) -> None:
    """
    Let pass who may see the calendars of some resources, or of none the facility's.

    :raises ForbiddenError: if one of them is not for this actor's eyes
    """
    scope = places.scope(facility, resources)
    accounts.require(by, Permission.VIEW_CALENDAR, scope)


def in_sight(facility: FacilityView, by: Actor) -> frozenset[int] | None:
    """
    Give the resources of a facility whose calendar an actor sees; None means all.

    :raises ForbiddenError: if there is not one
    """
    sight = accounts.sight(by, Permission.VIEW_CALENDAR)
    if sight.whole(facility.id):
        return None
    seen = frozenset(
        each.id
        for each in directory.resources(facility.id)
        if sight.has(facility.id, each.thing)
    )
    if not seen:
        raise ForbiddenError(permission=Permission.VIEW_CALENDAR.value, who=by.name)
    return seen


def without_names(told: list[AppointmentView], by: Actor) -> list[AppointmentView]:
    """Leave out who comes and why for actors who may see the calendar alone."""
    may = accounts.asking(by, Permission.VIEW_PATIENTS)
    hidden: dict[str, Any] = {"note": "", "cancel_reason": ""}
    hidden |= {"patients": (), "participants": ()}
    return [
        each if rows.touches(each, may) else replace(each, **hidden) for each in told
    ]
