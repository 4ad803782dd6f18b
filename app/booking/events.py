"""What booking tells the rooms above, inside its transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.booking.kinds import Cause, Policy
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.spans import Span
from app.directory.views import ResourceView


@dataclass(frozen=True, slots=True)
class Booked:
    """A place was taken: scheduled, requested or held."""

    appointment: AppointmentView
    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """An appointment has another place; `before` is how it stood."""

    before: AppointmentView
    appointment: AppointmentView
    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """An appointment has another status; `before` is how it stood."""

    before: AppointmentView
    appointment: AppointmentView
    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Somebody joined a group or left it; `before` is how it stood."""

    before: AppointmentView
    appointment: AppointmentView
    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Reassigned:
    """An appointment has other resources; `before` is how it stood."""

    before: AppointmentView
    appointment: AppointmentView
    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Affected:
    """
    Leave or maintenance will take a resource from an appointment at `during`.

    `policy` says what is meant to become of it; who is concerned can be told. All that
    one leave or maintenance meets is named by the same `cascade`.
    """

    cascade: UUID
    appointment: AppointmentView
    resource: ResourceView
    during: Span
    cause: Cause
    policy: Policy
    reason: str
    by: Actor
    now: datetime
