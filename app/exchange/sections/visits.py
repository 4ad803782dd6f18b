"""Timed bookings and tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.booking import queries, service
from app.booking.kinds import Kind
from app.booking.states import TAKES_PLACE
from app.booking.views import NewTimed, NewToken, Want
from app.core.errors import InputError
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView
from app.exchange import fields
from app.exchange.desk import Desk, Done, Item, between, instant
from app.exchange.document import Listing, Node, Scalar
from app.exchange.entry import Entry
from app.exchange.errors import FormError
from app.patients.views import PatientView

# The source requirements say approved; here it is scheduled. A file brings no others:
# what happened to a visit later is not told by a file.
_STATUSES = ("scheduled", "approved")


@dataclass(frozen=True, slots=True)
class _Part:
    """A resource of a booking, with its own part of the time if it has one."""

    path: str
    code: str
    start: datetime | None = None
    end: datetime | None = None

    def want(self, desk: Desk, facility: FacilityView) -> Want:
        found = desk.resource(self.code, facility, f"{self.path}resource")
        if self.start is None or self.end is None:
            return Want(found.public_id)
        end = f"{self.path}end"
        during = between(self.start, self.end, facility.zone, end)
        return Want(found.public_id, during)
