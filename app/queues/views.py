"""Plain data between doors and queues."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from app.booking.internal import Seat
from app.booking.kinds import Kind
from app.booking.views import Once
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView
from app.patients.views import NewPatient, PatientView
from app.queues.kinds import EncounterIs, EntryIs, How, Level, WalkIns
from app.queues.scoring.facts import Part
from app.queues.waits import Wait


class Coming(Struct, frozen=True):
    """How somebody checks in. From afar, they are called only once they are seen."""

    how: How = How.DESK
    remote: bool = False
    level: str = Level.ROUTINE.value


class NewLevel(Struct, frozen=True):
    """A priority level as it shall be; `minutes` is how much sooner it makes due."""

    name: str
    says: str = ""
    minutes: int = 0


class LevelView(Struct, frozen=True):
    """A priority level; what a `shipped` one weighs, the engine or a policy says."""

    id: UUID
    code: str
    name: str
    says: str
    minutes: int
    active: bool
    shipped: bool


class NewWalkIn(Struct, frozen=True):
    """
    Somebody who comes without a booking: known, or `person` with what little is known.

    `override` is why they are let in though the day or its share is full.
    """

    facility_id: UUID
    resource_id: UUID
    type_id: UUID
    patient_id: UUID | None = None
    person: NewPatient | None = None
    coming: Coming = field(default_factory=Coming)
    override: str = ""
    note: str = ""
    once: Once | None = None


class Boost(Struct, frozen=True):
    """Minutes somebody goes ahead, by whom and why, and until when."""

    minutes: int
    by: str
    reason: str
    expires_at: datetime


class EntryView(Struct, frozen=True):
    """
    Somebody in a queue, and why they stand where they do.

    `position` counts who waits, from 1; `parts` are what the due time is made of.
    `present` is false while they have only checked in from afar. Without leave to know
    patients, there is no `patient`. Local times are those of `zone`.
    """

    id: UUID
    queue_id: UUID
    state: EntryIs
    token: str | None
    position: int | None
    patient: PatientView | None
    appointment_id: UUID
    reference: str
    kind: Kind
    arrived_at: datetime
    scheduled_at: datetime | None
    due_at: datetime
    tier: int
    parts: tuple[Part, ...]
    boost: Boost | None
    level: str
    walk_in: bool
    present: bool
    skips: int
    counter: str | None
    called_at: datetime | None
    calls: int
    in_room_since: datetime | None
    wait: Wait | None
    zone: ZoneInfo


class QueueView(Struct, frozen=True):
    """A queue as it stands: who is called or in the room, who waits, who is aside."""

    id: UUID
    facility: FacilityView
    resource: ResourceView
    day: date
    version: str
    paused_at: datetime | None
    late_minutes: int
    notice: str
    done: int
    called: tuple[EntryView, ...]
    in_room: tuple[EntryView, ...]
    waiting: tuple[EntryView, ...]
    aside: tuple[EntryView, ...]


class QueueBrief(Struct, frozen=True):
    """A queue in a list: how many wait, since when the first of them, how it goes on.

    `served` counts who was done in the last hour.
    """

    id: UUID
    resource: ResourceView
    day: date
    waiting: int
    in_room: int
    done: int
    served: int
    since: datetime | None
    paused_at: datetime | None
    late_minutes: int


class WalkInPlaces(Struct, frozen=True):
    """How many more who walk in are let in today; None: as many as come."""

    mode: WalkIns
    left: int | None


class Claim(Struct, frozen=True):
    """What somebody says to prove which visit is theirs: one of both ways."""

    reference: str = ""
    phone: str = ""
    born: int = 0


class DueView(Struct, frozen=True):
    """A visit of today at the desk; `entry_id` is set once they have come."""

    appointment_id: UUID
    reference: str
    patient: PatientView
    resource: ResourceView
    span: Span
    token: str | None
    entry_id: UUID | None


class SlipView(Struct, frozen=True):
    """A slip: `secret` opens its status; it came out `prints` times, as was said."""

    facility: FacilityView
    resource: ResourceView
    entry: EntryView
    secret: str
    prints: int
    printed_at: datetime | None


class BookedSlipView(Struct, frozen=True):
    """
    The slip of somebody who has not come yet: in no queue, but booked for a time.

    `others` of the same appointment have not come either.
    """

    facility: FacilityView
    resource: ResourceView
    patient: PatientView | None
    patient_id: UUID
    others: tuple[PatientView, ...]
    token: str | None
    reference: str
    span: Span
    secret: str
    prints: int
    printed_at: datetime | None
    entry: None = None


class StatusView(Struct, frozen=True):
    """
    How a visit stands, for who holds its address; no patient is named.

    There is an `entry` from checking in on. `live` lasts until the end of its day,
    `may_come` while one may say that one comes.
    """

    facility: FacilityView
    resource: ResourceView
    seat: Seat
    entry: EntryView | None
    paused: bool
    late_minutes: int
    live: bool
    may_come: bool


class VisitView(Struct, frozen=True):
    """A visit of a patient that took place, is going on or was called off."""

    id: UUID
    facility: FacilityView
    practitioner: ResourceView
    appointment_id: UUID
    reference: str
    state: EncounterIs
    arrived_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class CounterView(Struct, frozen=True):
    id: UUID
    code: str
    name: str
    active: bool
    department_id: UUID | None = None


class CounterName(Struct, frozen=True):
    """A counter that somebody may sit at."""

    id: UUID
    name: str


class NewCounter(Struct, frozen=True):
    """A desk or door to be added; its code is what boards show."""

    facility_id: UUID
    code: str
    name: str
    department_id: UUID | None = None


class Limits(Struct, frozen=True):
    """From how many minutes on a wait is long, and from how many it is too long."""

    long_minutes: int
    too_long_minutes: int


class DeskView(Struct, frozen=True):
    """A queue as a counter works it, and what stands around it.

    `counters` are those in use, `others` are the facility's resources in the actor's
    sight, `levels` are in the order in which they go.
    """

    queue: QueueView
    counters: tuple[CounterName, ...]
    others: tuple[ResourceView, ...]
    levels: tuple[LevelView, ...]
    limits: Limits


class NewPolicy(Struct, frozen=True):
    """How the queues of a department, or of all without one, shall be ordered."""

    facility_id: UUID
    department_id: UUID | None = None
    scoring: str = "due_time"
    settings: dict[str, Any] = field(default_factory=dict)
    walk_ins: WalkIns = WalkIns.QUEUE
    share: int = 0
    skip_places: int = 3
    no_show_minutes: int = 60
    long_wait_minutes: int = 30
    too_long_wait_minutes: int = 45
    come_minutes: int = 1440


class PolicyView(Struct, frozen=True):
    """A version of a policy; without a department it is for the whole facility."""

    id: UUID
    department_id: UUID | None
    version: int
    scoring: str
    settings: dict[str, Any]
    walk_ins: WalkIns
    share: int
    skip_places: int
    no_show_minutes: int
    long_wait_minutes: int
    too_long_wait_minutes: int
    come_minutes: int
    saved_by: str
    saved_at: datetime


class Rank(Struct, frozen=True):
    """Where somebody stands, where another policy would put them, and why there."""

    entry_id: UUID
    token: str | None
    before: int
    after: int
    parts: tuple[Part, ...]


class Preview(Struct, frozen=True):
    """What a policy would do to a queue, in its present order."""

    queue_id: UUID
    resource: ResourceView
    ranks: tuple[Rank, ...]


class Accuracy(Struct, frozen=True):
    """
    How the waits that were told compare with those that came, over some days.

    Of `told`, so many were called sooner than the range, within it, or later;
    `median_off_s` is how far off the middle of the range usually was.
    """

    during: Span
    told: int
    sooner: int
    within: int
    later: int
    median_off_s: int | None
