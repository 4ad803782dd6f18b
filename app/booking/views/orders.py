"""What doors ask of booking."""

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID

from msgspec import Struct, field

from app.booking.kinds import How, Priority, Role
from app.booking.views.links import Link
from app.core.spans import Span


class Once(Struct, frozen=True):
    """A caller's key for doing an act one time; `fingerprint` is the body's hash."""

    key: str
    fingerprint: str


class Want(Struct, frozen=True):
    """A resource wanted; without a span of its own, for the whole appointment."""

    resource_id: UUID
    during: Span | None = None
    how: How = How.MANUAL


class Override(Struct, frozen=True):
    """Rules set aside by somebody who may, and why."""

    reason: str


class Whom(Struct, frozen=True):
    """
    For whom places are sought, whose rules a listing then asks too.

    `moving` is the appointment of theirs that would go there.
    """

    patient_id: UUID
    moving: UUID | None = None


class NewToken(Struct, frozen=True):
    """
    A token wanted in the slot that starts at `starts_at`.

    A hold may come without a patient. `request` asks for approval even when the actor
    could book; `overbook` goes beyond the slot's tokens as far as a rule allows.
    `entry_id` names the entry of the waitlist that ends with it, `picks` what was
    picked by hand for what the type needs.
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
    entry_id: UUID | None = None
    picks: tuple[UUID, ...] = ()


class NewTimed(Struct, frozen=True):
    """
    A timed booking wanted; the first resource is the one whose list it stands in.

    Without `ends_at` it takes the minutes of its type. Without a patient it is a
    meeting of staff; `also_patients` makes it a group, and `roles` says of each who is
    no patient of it as what they come. `double_book` lets it stand beside what is in
    its way, for a reason. A team stands for its members. `link` names an object the
    appointment is for, `entry_id` the entry of the waitlist that ends with it; `picks`
    are what was picked by hand for what the type needs.
    """

    facility_id: UUID
    patient_id: UUID | None
    type_id: UUID
    starts_at: datetime
    resources: tuple[Want, ...]
    ends_at: datetime | None = None
    also_patients: tuple[UUID, ...] = ()
    roles: Mapping[UUID, Role] = field(default_factory=dict)
    note: str = ""
    channel: str = "desk"
    once: Once | None = None
    request: bool = False
    override: Override | None = None
    double_book: Override | None = None
    priority: Priority = Priority.ELECTIVE
    link: Link | None = None
    entry_id: UUID | None = None
    picks: tuple[UUID, ...] = ()


class Holding(Struct, frozen=True):
    """
    How long a place is held, and for whom: a session or transaction has one hold.

    Of a patient whose phone is `proved` it is not counted against what others hold.
    """

    key: str
    minutes: int = 10
    proved: bool = False


class NewPlace(Struct, frozen=True):
    """
    Where an appointment shall go; what is None stays as it is.

    `revision` is the one the caller saw; another means somebody changed it meanwhile.
    """

    starts_at: datetime
    ends_at: datetime | None = None
    resource_id: UUID | None = None
    revision: int | None = None


class Repeat(Struct, frozen=True):
    """Every so many weeks: so often, or until a day, but not both."""

    every_weeks: int = 1
    occurrences: int | None = None
    until: date | None = None


class NewWaiting(Struct, frozen=True):
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


class Arrangement(Struct, frozen=True):
    """
    Which resources an appointment shall have; what is None stays as it is.

    `resources` is the whole list; else chairs, rooms and machines are replaced each by
    their kind, and an empty list takes them away.
    """

    resources: tuple[Want, ...] | None = None
    chairs: tuple[UUID, ...] | None = None
    rooms: tuple[UUID, ...] | None = None
    equipment: tuple[UUID, ...] | None = None
