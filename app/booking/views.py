"""What doors see of bookings, and what they hand in."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from app.availability.views import ClosedSpan
from app.booking.kinds import Kind, OfferIs, Waiting
from app.booking.states import Status
from app.core.errors import DomainError, RuleError
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
    meeting of staff; `also_patients` makes it a group.
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


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """Somebody the appointment is for, with their own status and token."""

    patient: PatientView
    status: Status
    token: str | None = None
    arrived_at: datetime | None = None


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
    participants: tuple[ParticipantView, ...] = ()
    series_id: UUID | None = None

    @property
    def patient(self) -> PatientView | None:
        return self.patients[0] if self.patients else None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Every so many weeks: so often, or until a day, but not both."""

    every_weeks: int = 1
    occurrences: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One of a series: what came of it, or why nothing did."""

    starts_at: datetime
    appointment: AppointmentView | None = None
    refused: DomainError | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class SeriesView:
    id: UUID
    every_weeks: int
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class NewWaiting:
    """
    Somebody who wants to wait, and which places would do, on the local clock.

    Without a resource any of the department does, without both any of the facility.
    """

    facility_id: UUID
    patient_id: UUID
    type_id: UUID
    first_day: date
    last_day: date
    resource_id: UUID | None = None
    department_id: UUID | None = None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    earliest: time = time.min
    latest: time = time(23, 59)
    priority: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class OfferView:
    """A place held for somebody who waits."""

    id: UUID
    status: OfferIs
    expires_at: datetime
    appointment: AppointmentView


@dataclass(frozen=True, slots=True)
class WaitingView:
    id: UUID
    facility: FacilityView
    patient: PatientView
    type: TypeView
    status: Waiting
    first_day: date
    last_day: date
    weekdays: tuple[int, ...]
    earliest: time
    latest: time
    priority: int
    note: str
    created_at: datetime
    resource_id: UUID | None = None
    offer: OfferView | None = None


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
    allowed: tuple[TypeView, ...] = ()
    refused: RuleError | None = None

    @property
    def allowed_ids(self) -> tuple[UUID, ...]:
        return tuple(each.public_id for each in self.allowed)

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
class DayView:
    """
    How much a day of a resource holds, and how much of it is free.

    Minutes are of open time; what has gone by is not free.
    """

    day: date
    tokens: int
    tokens_free: int
    minutes: int
    minutes_free: int


@dataclass(frozen=True, slots=True)
class MonthView:
    """The days of a resource, one after another."""

    resource: ResourceView
    days: tuple[DayView, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """A place that can be booked as it is offered: a token slot or open time."""

    kind: Kind
    resource: ResourceView
    span: Span
    left: int = 1
