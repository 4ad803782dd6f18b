"""What doors ask and are told of leave and maintenance over bookings."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from app.booking.kinds import Cause, Fate, Policy, ProposalIs, Remedy, Task
from app.booking.views.orders import Once
from app.booking.views.told import AppointmentView
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView


class Absence(Struct, frozen=True):
    """
    Somebody who will not be there; without `starts_at` from now on.

    At the facility, or `everywhere` they serve.
    """

    facility_id: UUID
    resource_id: UUID
    ends_at: datetime
    starts_at: datetime | None = None
    reason: str = ""
    everywhere: bool = False
    once: Once | None = None


class Handling(Struct, frozen=True):
    """What becomes of bookings in the way: of each named one, and of all others."""

    usual: Policy
    by_booking: Mapping[UUID, Policy] = field(default_factory=dict)
    once: Once | None = None

    def of(self, appointment: UUID) -> Policy:
        return self.by_booking.get(appointment, self.usual)


class Chosen(Struct, frozen=True):
    """The proposal chosen for an appointment."""

    appointment_id: UUID
    proposal_id: UUID


class ProposalView(Struct, frozen=True):
    """A place held until `expires_at`; after that it is taken only if still free."""

    id: UUID
    remedy: Remedy
    resource: ResourceView
    span: Span
    status: ProposalIs
    expires_at: datetime
    held: bool


class CascadeItemView(Struct, frozen=True):
    """An affected appointment: where it was, where it could go, what became of it."""

    appointment: AppointmentView
    resource: ResourceView
    was: Span
    policy: Policy
    fate: Fate
    code: str | None
    proposals: tuple[ProposalView, ...]
    ordered: Task | None = None


class WorkView(Struct, frozen=True):
    """Work that is under way: of `number` bookings, `left` are not done yet."""

    task: Task
    number: int
    left: int


class CascadeHead(Struct, frozen=True):
    """Leave or maintenance over bookings: whose, when, why, and who made it."""

    id: UUID
    cause: Cause
    facility: FacilityView
    resource: ResourceView
    span: Span
    reason: str
    made_by: str
    made_at: datetime
    undone_at: datetime | None


class CascadeLine(CascadeHead, frozen=True):
    """Leave or maintenance in a list: what became of how many it meets."""

    counts: Mapping[Fate, int]
    work: tuple[WorkView, ...] = ()


class CascadeView(CascadeHead, frozen=True):
    """
    Leave or maintenance with all the bookings it meets.

    `work` is what was ordered and is not done yet, the oldest first.
    """

    items: tuple[CascadeItemView, ...]
    work: tuple[WorkView, ...] = ()


class Applied(Struct, frozen=True):
    """What came of one choice; `code` says why nothing did, unless it is to come."""

    appointment_id: UUID
    proposal_id: UUID
    moved: bool
    code: str | None
    pending: bool = False


class AppliedView(Struct, frozen=True):
    """A cascade after choices were applied, and what came of each."""

    cascade: CascadeView
    results: tuple[Applied, ...]
