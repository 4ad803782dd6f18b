"""Visits whose machine is taken out of service: conflicts to be solved by pages."""

from datetime import date, datetime

from app.availability import service as availability
from app.availability.views import NewMaintenance
from app.booking import service as booking
from app.booking.views import AppointmentView, Want
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, TypeView
from tests import factories as make

MACHINES = ("Lamp 1", "Lamp 2", "Lamp 3")
SPARE = "Spare lamp"


def add(
    kochi: FacilityView, day: date, kind: TypeView, *, now: datetime
) -> tuple[AppointmentView, ...]:
    """Book three machines in a tent, and close each; a fourth is free."""
    tent = make.resource(kochi, ResourceKind.LOCATION, name="Tent", capacity=3)
    lamps = {
        name: make.resource(kochi, ResourceKind.EQUIPMENT, name=name)
        for name in (*MACHINES, SPARE)
    }
    make.hours(kochi, tent)
    for each in lamps.values():
        make.hours(kochi, each)
    return tuple(_closed(kochi, tent, lamps[name], day, kind, now) for name in MACHINES)


def _closed(kochi, tent, lamp, day, kind, now):
    hour = 11 + MACHINES.index(lamp.name)
    at = make.local(hour, day=day)
    who = make.patient(f"Nila {lamp.name}")
    also = (Want(lamp.public_id),)
    order = make.timed_order(kochi, tent, kind, who, at, also=also)
    told = booking.book_timed(order, by=SYSTEM, now=now)
    shut = NewMaintenance(kochi.public_id, lamp.public_id, make.span(at, 60), "Bulb")
    availability.add_maintenance(shut, by=SYSTEM, now=now)
    return told
