"""What queues tell whoever was wired at composition, inside their transaction."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.core.actor import Actor


class Arrived(Struct, frozen=True):
    """Somebody checked in, or was let in without a booking."""

    queue_id: UUID
    entry_id: UUID
    by: Actor
    now: datetime


class Called(Struct, frozen=True):
    """
    Somebody is called, or once more; `counter` is where to, if it has a name.

    Who was let in without a booking has no appointment.
    """

    queue_id: UUID
    entry_id: UUID
    appointment_id: UUID | None
    counter: str | None
    by: Actor
    now: datetime


class Delayed(Struct, frozen=True):
    """A doctor pauses, is back, or runs late by so many minutes."""

    queue_id: UUID
    paused: bool
    late_minutes: int
    notice: str
    by: Actor
    now: datetime


class QueueChanged(Struct, frozen=True):
    """Something in a queue is other than before."""

    queue_id: UUID
    by: Actor
    now: datetime
