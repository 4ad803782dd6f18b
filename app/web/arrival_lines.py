"""Who of an appointment has come, and who may be checked in, a line for each."""

from uuid import UUID

from msgspec import Struct

from app.accounts.permissions import Permission
from app.booking.states import Status
from app.booking.views import AppointmentView
from app.core import clock
from app.directory.views import FacilityView
from app.doors import current
from app.patients.views import PatientView
from app.queues import queries
from app.web.reading import may


class Line(Struct, frozen=True):
    """One of an appointment: `entry` once they have come; else they may `come`."""

    patient: PatientView
    entry: UUID | None
    come: bool


def may_check_in_at(facility: FacilityView) -> bool:
    """Say whether to lead somebody to the page of who comes."""
    return may(Permission.CHECK_IN, facility)


def lines_of(appointment: AppointmentView) -> list[Line]:
    """Give a line for each who has come or may be checked in now; to the desk only."""
    place = appointment.facility
    if not may(Permission.CHECK_IN, place, appointment.resource):
        return []
    here = {}
    if any(p.status is not Status.SCHEDULED for p in appointment.participants):
        here = queries.arrivals(appointment.id, by=current.actor())
    now = queries.comes_now(appointment.span, place, now=clock.now())
    found = [
        Line(
            patient=each.patient,
            entry=here.get(each.patient.public_id),
            come=now and each.status is Status.SCHEDULED,
        )
        for each in appointment.participants
    ]
    return [line for line in found if line.entry or line.come]
