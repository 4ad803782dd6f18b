"""What gave way to something more urgent, and who must be booked anew."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.booking.kinds import GaveWay, Rebook, Urgency
from app.booking.views.told import AppointmentView
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView


class RebookingView(Struct, frozen=True):
    """
    Somebody who lost their place, and the place held or booked for them since.

    A proposal is given as long as it is held.
    """

    id: UUID
    facility: FacilityView
    appointment: AppointmentView
    status: Rebook
    reason: str
    listed_at: datetime
    proposal: AppointmentView | None = None
    booked: AppointmentView | None = None
    resolved_at: datetime | None = None
    resolution: str = ""


class Yielded(Struct, frozen=True):
    """An appointment that gave way: where it was, and where it went."""

    appointment: AppointmentView
    outcome: GaveWay
    was: Span
    was_token: str | None
    to: Span | None = None
    token: str | None = None
    rebooking: RebookingView | None = None


class ClosedSlot(Struct, frozen=True):
    """A token slot that was closed."""

    resource: ResourceView
    span: Span


class DisplacementView(Struct, frozen=True):
    """For what others gave way, who decided it, why, and what moved."""

    id: UUID
    kind: Urgency
    appointment: AppointmentView
    reason: str
    made_by: str
    made_at: datetime
    closed: tuple[ClosedSlot, ...]
    entries: tuple[Yielded, ...]
