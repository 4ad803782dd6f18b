"""What doors see of bookings, and what they hand in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.availability.views import ClosedSpan
from app.booking.kinds import How, Kind, Outcome, Trouble
from app.booking.states import Status
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients.views import PatientView


@dataclass(frozen=True, slots=True)
class Once:
    """A caller's key for doing an act one time; `fingerprint` is the body's hash."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Want:
    """A resource wanted; without a span of its own, for the whole appointment."""

    resource_id: UUID
    during: Span | None = None
    how: How = How.MANUAL


@dataclass(frozen=True, slots=True)
class Override:
    """Rules set aside by somebody who may, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """
    A token wanted in the slot that starts at `starts_at`.

    A hold may come without a patient. `request` asks for approval even when the actor
    could book; `overbook` goes beyond the slot's tokens as far as a rule allows.
    """

    facility_id: UUID
    resource_id: UUID
    patient_id: UUID | None
    type_id: UUID
    starts_at: datetime
    note: str = ""
    channel: str = "desk"
    once: Once | None = None
    request: bool = False
    overbook: bool = False
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class NewTimed:
    """
    A timed booking wanted; the first resource is the one whose list it stands in.

    Without `ends_at` it takes the minutes of its type. Without a patient it is a
    meeting of staff; `also_patients` makes it a group. `double_book` lets it stand
    beside what is in its way, for a reason.
    """

    facility_id: UUID
    patient_id: UUID | None
    type_id: UUID
    starts_at: datetime
    resources: tuple[Want, ...]
    ends_at: datetime | None = None
    also_patients: tuple[UUID, ...] = ()
    note: str = ""
    channel: str = "desk"
    once: Once | None = None
    request: bool = False
    override: Override | None = None
    double_book: Override | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """How long a place is held, and for whom: a session or transaction has one hold."""

    key: str
    minutes: int = 10


@dataclass(frozen=True, slots=True)
class NewPlace:
    """
    Where an appointment shall go; what is None stays as it is.

    `revision` is the one the caller saw; another means somebody changed it meanwhile.
    """

    starts_at: datetime
    ends_at: datetime | None = None
    resource_id: UUID | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A resource of an appointment, and its own part of the time."""

    resource: ResourceView
    during: Span
    how: str
    assigned_by: str = ""
    assigned_at: datetime | None = None
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentView:
    id: UUID
    reference: str
    kind: Kind
    status: Status
    span: Span
    facility: FacilityView
    resource: ResourceView
    type: TypeView
    patients: tuple[PatientView, ...]
    token: str | None
    resources: tuple[ClaimView, ...]
    note: str
    cancel_reason: str
    channel: str
    booked_by: str
    booked_at: datetime
    revision: int
    hold_expires_at: datetime | None = None

    @property
    def patient(self) -> PatientView | None:
        return self.patients[0] if self.patients else None


@dataclass(frozen=True, slots=True)
class Clash:
    """What stands in the way: a resource, when, and whose booking."""

    resource: str
    span: Span
    reference: str | None = None
    patient: str | None = None
    booked_by: str | None = None
    booked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SlotView:
    """A token slot of a day: what it holds and how far it has come."""

    span: Span
    tokens: int
    taken: int
    waiting: int = 0
    in_room: int = 0
    seen: int = 0
    blocked: bool = False
    types: frozenset[int] = frozenset()

    @property
    def left(self) -> int:
        return 0 if self.blocked else max(0, self.tokens - self.taken)


@dataclass(frozen=True, slots=True)
class VisitView:
    """
    A timed booking in a resource's column; `span` is that resource's part.

    `hidden` says that whoever looks may not know whom it is for.
    """

    id: UUID
    reference: str
    span: Span
    status: Status
    type: TypeView
    patient: str | None
    with_resources: tuple[str, ...] = ()
    overridden: bool = False
    facility_id: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One resource on one day: what it offers, what is taken, what is free."""

    resource: ResourceView
    day: Span
    slots: tuple[SlotView, ...]
    open: tuple[Span, ...]
    free: tuple[Span, ...]
    closed: tuple[ClosedSpan, ...]
    visits: tuple[VisitView, ...]

    @property
    def tokens_left(self) -> int:
        return sum(slot.left for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Opening:
    """A place that can be booked as it is offered: a token slot or open time."""

    kind: Kind
    resource: ResourceView
    span: Span
    left: int = 1


@dataclass(frozen=True, slots=True)
class Passed:
    """A resource that was not chosen, and why; `told` is the reason given for that."""

    resource: ResourceView
    why: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a need, why, and why nothing else was."""

    need: str
    resource: ResourceView
    why: str
    passed: tuple[Passed, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrangement:
    """
    Which resources an appointment shall have; what is None stays as it is.

    `resources` is the whole list; else chairs, rooms and machines are replaced each by
    their kind, and an empty list takes them away.
    """

    resources: tuple[Want, ...] | None = None
    chairs: tuple[UUID, ...] | None = None
    rooms: tuple[UUID, ...] | None = None
    equipment: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Assigned:
    """An appointment after its needs were met, and how each was."""

    appointment: AppointmentView
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """An appointment in a conflict, without whose it is."""

    id: UUID
    reference: str
    span: Span


@dataclass(frozen=True, slots=True)
class ConflictView:
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


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What would stand in the way of a resource at a time, if it were asked for."""

    resource: ResourceView
    span: Span
    reason: str
    appointment: Party | None = None
    told: str = ""
