"""What of a place must not change while somebody is booked there, or waits for it."""

from sqlalchemy import func, select

from app.booking.kinds import Waiting
from app.booking.models import Appointment, WaitlistEntry
from app.booking.states import LIVE
from app.core import events as house
from app.core.db import db
from app.directory.events import DepartmentClosing, ZoneChanging
from app.directory.service import InUseError


def listen() -> None:
    """Hear of departments that close and clocks that change; called at composition."""
    house.subscribe(DepartmentClosing, _agree_to_close)
    house.subscribe(ZoneChanging, _agree_to_clock)


def _agree_to_close(event: DepartmentClosing) -> None:
    """
    Let no department close for which somebody waits.

    :raises InUseError: telling how many do
    """
    found = select(func.count()).where(
        WaitlistEntry.department_id == event.department_id,
        WaitlistEntry.status.in_((Waiting.WAITING, Waiting.OFFERED)),
    )
    count = db.session.scalar(found)
    if count:
        raise InUseError(field="active", of="waitlist", count=count)


def _agree_to_clock(event: ZoneChanging) -> None:
    """
    Let no clock change under those who are to come, or are there.

    :raises InUseError: telling how many they are
    """
    found = select(func.count()).where(
        Appointment.facility_id == event.facility_id,
        Appointment.status.in_(LIVE),
        func.upper(Appointment.during) > event.now,
    )
    count = db.session.scalar(found)
    if count:
        raise InUseError(field="zone", of="bookings", count=count)
