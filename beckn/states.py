"""The states of an order, read either way; docs/beckn.md publishes this table."""

from collections.abc import Mapping
from enum import StrEnum

from app.booking.states import Status


class OrderIs(StrEnum):
    ACTIVE = "ACTIVE"
    COMPLETE = "COMPLETE"
    CANCELLED = "CANCELLED"


# The state of the fulfilment and the status of the order, by that of the appointment.
# Each state is of one appointment's status alone: read backwards, it says which.
TOLD: Mapping[Status, tuple[str, OrderIs]] = {
    Status.HELD: ("HELD", OrderIs.ACTIVE),
    Status.REQUESTED: ("PENDING", OrderIs.ACTIVE),
    Status.SCHEDULED: ("SCHEDULED", OrderIs.ACTIVE),
    Status.CHECKED_IN: ("CHECKED_IN", OrderIs.ACTIVE),
    Status.IN_PROGRESS: ("IN_PROGRESS", OrderIs.ACTIVE),
    Status.COMPLETED: ("COMPLETED", OrderIs.COMPLETE),
    Status.CANCELLED: ("CANCELLED", OrderIs.CANCELLED),
    Status.NO_SHOW: ("NO_SHOW", OrderIs.COMPLETE),
    Status.DENIED: ("DENIED", OrderIs.CANCELLED),
    Status.EXPIRED: ("EXPIRED", OrderIs.CANCELLED),
}
