"""What booking tells the rooms above, inside its transaction."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.booking.kinds import Cause, Policy
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.core.spans import Span
from app.directory.views import ResourceView


class Booked(Struct, frozen=True):
    """A place was taken: scheduled, requested or held."""

    appointment: AppointmentView
    by: Actor
    now: datetime


class Moved(Struct, frozen=True):
    """An appointment has another place; `before` is how it stood."""

    before: AppointmentView
    appointment: AppointmentView
    by: Actor
    now: datetime


class Changed(Struct, frozen=True):
    """An appointment has another status; `before` is how it stood."""

    before: AppointmentView
    appointment: AppointmentView
    by: Actor
    now: datetime


class Regrouped(Struct, frozen=True):
    """Somebody joined a group or left it; `before` is how it stood."""

    before: AppointmentView
    appointment: AppointmentView
    by: Actor
    now: datetime


class Reassigned(Struct, frozen=True):
    """An appointment has other resources; `before` is how it stood."""

    before: AppointmentView
    appointment: AppointmentView
    by: Actor
    now: datetime


class Affected(Struct, frozen=True):
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
