"""Procedures as they are ordered and told."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.booking.views.joint import Member


class NewProcedure(Struct, frozen=True):
    """
    A procedure to be: who it is for, how long it takes, and whom and what it needs.

    The first need is whose list it will stand in. Priority 1 is an emergency, 5 is
    elective.
    """

    facility_id: UUID
    name: str
    type_id: UUID
    minutes: int
    needs: tuple[Member, ...]
    patient_ids: tuple[UUID, ...] = ()
    department_id: UUID | None = None
    priority: int = 5
    note: str = ""


class ProcedureView(Struct, frozen=True):
    """
    A procedure as it stands: planned, booked, done or cancelled.

    `appointment_id` is the one that is live, or in which it was done.
    """

    id: UUID
    order: NewProcedure
    state: str
    revision: int
    created_by: str
    created_at: datetime
    cancel_reason: str = ""
    appointment_id: UUID | None = None


class ProcedurePlace(Struct, frozen=True):
    """
    When a procedure shall be: at a moment, or at its first opening from `after` on.

    `request` asks for approval even when the actor could book.
    """

    starts_at: datetime | None = None
    after: datetime | None = None
    request: bool = False
    note: str = ""
