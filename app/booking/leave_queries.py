"""What doors read of leave and maintenance over bookings."""

from datetime import datetime
from uuid import UUID

from app.booking import cascading, ordering
from app.booking.views import CascadeLine, CascadeView, WorkView
from app.core.actor import Actor
from app.core.spans import Span
from app.directory.views import FacilityView


def cascade(public_id: UUID, *, by: Actor, now: datetime) -> CascadeView:
    """
    Give leave or maintenance with all it meets, and what is held for each.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    return cascading.one(public_id, by=by, now=now)


def work(public_id: UUID, *, by: Actor) -> tuple[WorkView, ...]:
    """
    Tell what is under way on leave or maintenance; nothing when all is done.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    row = cascading.seen(public_id, by)
    return ordering.work([row.id])[row.id]


def cascades(facility: FacilityView, window: Span, *, by: Actor) -> list[CascadeLine]:
    """Give the leave and maintenance of a facility that touch a window, by time."""
    return cascading.of_facility(facility, window, by=by)
