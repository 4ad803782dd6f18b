"""What booking tells of appointments, series and the waitlist."""

from datetime import date, datetime, time
from uuid import UUID

from msgspec import Struct

from app.booking.kinds import Kind, OfferIs, Priority, Role, Waiting
from app.booking.states import Status
from app.booking.views.links import Link
from app.core.errors import DomainError
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients.views import PatientView


class ClaimView(Struct, frozen=True):
    """A resource of an appointment, and its own part of the time."""

    resource: ResourceView
    during: Span
    how: str
    assigned_by: str = ""
    assigned_at: datetime | None = None
    overridden: bool = False


class ParticipantView(Struct, frozen=True):
    """Somebody who takes part, in a role, with their own status and token."""

    patient: PatientView
    status: Status
    token: str | None = None
    arrived_at: datetime | None = None
    # Where it is known: the row, for the rooms above. Whoever knows it knows no other.
    number: int | None = None
    role: Role = Role.PATIENT

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParticipantView) and self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)

    @property
    def _said(self) -> tuple[PatientView, Status, str | None, datetime | None, Role]:
        return self.patient, self.status, self.token, self.arrived_at, self.role


class AppointmentView(Struct, frozen=True):
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
    priority: Priority = Priority.ELECTIVE
    over_slots: bool = False
    link: Link | None = None
    offered_at: datetime | None = None

    @property
    def patient(self) -> PatientView | None:
        return self.patients[0] if self.patients else None

    @property
    def along(self) -> dict[int, Role]:
        """Give who only comes along, by their row number, and as what."""
        return {
            each.patient.id: each.role
            for each in self.participants
            if not each.role.treated
        }


class Occurrence(Struct, frozen=True):
    """One of a series: what came of it, or why nothing did."""

    starts_at: datetime
    appointment: AppointmentView | None = None
    refused: DomainError | None = None
    code: str | None = None


class SeriesView(Struct, frozen=True):
    id: UUID
    every_weeks: int
    occurrences: tuple[Occurrence, ...]


class OfferView(Struct, frozen=True):
    """A place held for somebody who waits."""

    id: UUID
    status: OfferIs
    expires_at: datetime
    appointment: AppointmentView


class WaitingView(Struct, frozen=True):
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
    department_id: UUID | None = None
    offer: OfferView | None = None


class Clash(Struct, frozen=True):
    """What stands in the way: a resource, when, and whose booking."""

    resource: str
    span: Span
    reference: str | None = None
    patient: str | None = None
    booked_by: str | None = None
    booked_at: datetime | None = None
