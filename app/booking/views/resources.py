"""What booking tells of resources: choices, conflicts, hindrances."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.booking.kinds import Outcome, Trouble
from app.booking.views.told import AppointmentView
from app.core.spans import Span
from app.directory.views import ResourceView


class Passed(Struct, frozen=True):
    """A resource that was not chosen, and why; `told` is the reason given for that."""

    resource: ResourceView
    why: str
    told: str = ""


class Choice(Struct, frozen=True):
    """What was chosen for a need, why, and why nothing else was."""

    need: str
    resource: ResourceView
    why: str
    passed: tuple[Passed, ...] = ()


class Foreseen(Struct, frozen=True):
    """
    What would be chosen for a need, if anything, and why; nobody has it yet.

    `usual` is what is chosen unless somebody picks another of the `free`, which are the
    best first; the rest was `passed`.
    """

    need: str
    resource: ResourceView | None
    usual: ResourceView | None
    why: str
    free: tuple[ResourceView, ...]
    passed: tuple[Passed, ...]


class Assigned(Struct, frozen=True):
    """An appointment after its needs were met, and how each was."""

    appointment: AppointmentView
    choices: tuple[Choice, ...]


class Party(Struct, frozen=True):
    """An appointment in a conflict, without whose it is."""

    id: UUID
    reference: str
    span: Span


class ConflictView(Struct, frozen=True):
    """Trouble between an appointment and a resource of it."""

    id: UUID
    type: Trouble
    status: Outcome
    facility_id: int
    resource: ResourceView
    span: Span
    first: Party
    second: Party | None
    found_at: datetime
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: str | None = None


class Hindrance(Struct, frozen=True):
    """What would stand in the way of a resource at a time, if it were asked for."""

    resource: ResourceView
    span: Span
    reason: str
    appointment: Party | None = None
    told: str = ""
