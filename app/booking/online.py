"""How many places patients hold at once before anybody knows who they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.booking.models import Appointment
from app.booking.states import Status
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import BusyError
from app.directory.views import FacilityView

_THEIRS = f"{ActorKind.PATIENT}:%"


def keys(facility: UUID, by: Actor) -> list[str]:
    """Name the lock under which the holds of patients are counted; staff need none."""
    return [f"online:{facility}"] if by.kind is ActorKind.PATIENT else []


def check(facility: FacilityView, *, by: Actor, now: datetime) -> None:
    """
    Let a patient hold a place while not too many are held by other patients.

    Who finds no hold can still book at once: a bot may keep holds from others for a
    while, but no place. Nobody is counted by their address, which many share.

    :raises BusyError: if as many as the facility allows are held
    """
    if by.kind is not ActorKind.PATIENT:
        return
    held = db.session.scalar(
        select(func.count(Appointment.id)).where(
            Appointment.facility_id == facility.id,
            Appointment.status == Status.HELD,
            Appointment.hold_expires_at > now,
            Appointment.booked_by.like(_THEIRS),
        )
    )
    if (held or 0) >= facility.online_holds:
        raise BusyError(field="online_holds", most=facility.online_holds)
