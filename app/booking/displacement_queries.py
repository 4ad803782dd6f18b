"""What doors read of displacements: previews, one of them, the rebooking list."""

from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import listed, rows
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
    scope = rows.scope_of(told.appointment)
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, scope):
        raise NotFoundError("displacement", field="displacement_id")
    accounts.require(by, Permission.VIEW_PATIENTS, scope)
    return told


def rebookings(
    facility: FacilityView, *, by: Actor, status: Rebook | None = None
) -> list[RebookingView]:
    """Give who waits for another place in a facility, the longest first."""
    accounts.require(by, Permission.VIEW_PATIENTS, Scope(facility.id))
    return listed.of_facility(facility.id, status)
