"""What an actor sees of a facility's bookings: all, or those of what is theirs."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import places, rows
from app.booking.views import AppointmentView
from app.core.actor import Actor
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


def in_sight(
    facility: FacilityView,
    by: Actor,
    permission: Permission = Permission.VIEW_CALENDAR,
) -> frozenset[int] | None:
    """
    Give the resources of a facility whose calendar an actor sees; None means all.

    :raises ForbiddenError: if there is not one
    """
    sight = accounts.sight(by, permission)
    if sight.whole(facility.id):
        return None
    seen = frozenset(
        each.id
        for each in directory.resources(facility.id)
        if sight.has(facility.id, each.thing)
    )
    if not seen:
        raise accounts.refusal(by, permission)
    return seen


def may_know(told: AppointmentView, by: Actor) -> None:
    """
    Let pass who may know who comes to an appointment.

    :raises ForbiddenError: if none of its resources is one of whose patients they may
    """
    if not rows.touches(told, accounts.asking(by, Permission.VIEW_PATIENTS)):
        raise accounts.refusal(by, Permission.VIEW_PATIENTS)


def without_names(told: list[AppointmentView], by: Actor) -> list[AppointmentView]:
    """Leave out who comes and why for actors who may see the calendar alone."""
    sight = accounts.sight(by, Permission.VIEW_PATIENTS)
    if all(sight.whole(number) for number in {each.facility.id for each in told}):
        return told
    may = accounts.asking(by, Permission.VIEW_PATIENTS)
    hidden: dict[str, Any] = {"note": "", "cancel_reason": ""}
    hidden |= {"patients": (), "participants": ()}
    asked: dict[tuple[int, int], bool] = {}

    def knows(each: AppointmentView, used: ResourceView) -> bool:
        # A list has few resources, and would ask the same of each again and again.
        key = each.facility.id, used.id
        if key not in asked:
            asked[key] = may(places.scope(each.facility, [used]))
        return asked[key]

    return [
        each
        if any(knows(each, used) for used in rows.used_by(each))
        else replace(each, **hidden)
        for each in told
    ]
