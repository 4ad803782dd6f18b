"""What doors read of displacements: previews, one of them, the rebooking list."""

from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import eyes, listed, rows
from app.booking.kinds import Rebook
from app.booking.overriding import preview_emergency, preview_over_slots
from app.booking.views import DisplacementView, RebookingView
from app.core.actor import Actor
from app.core.errors import NotFoundError
from app.directory.views import FacilityView

__all__ = [
    "displacement",
    "preview_emergency",
    "preview_over_slots",
    "rebookings",
]


def displacement(public_id: UUID, *, by: Actor) -> DisplacementView:
    """
    Give who made way for whom, by whose decision, why, and what moved.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = listed.displacement(public_id)
    may = accounts.asking(by, Permission.VIEW_CALENDAR)
    if not rows.touches(told.appointment, may):
        raise NotFoundError("displacement", field="displacement_id")
    eyes.may_know(told.appointment, by)
    return told


def rebookings(
    facility: FacilityView, *, by: Actor, status: Rebook | None = None
) -> list[RebookingView]:
    """Give who waits for another place in a facility, the longest first."""
    seen = eyes.in_sight(facility, by, Permission.VIEW_PATIENTS)
    return [
        each
        for each in listed.of_facility(facility.id, status)
        if seen is None or seen & {used.id for used in rows.used_by(each.appointment)}
    ]
