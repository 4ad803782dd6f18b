"""How many places patients hold at once before anybody knows who they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.booking import months, reach
from app.booking.kinds import Kind
from app.booking.models import HELD, Appointment
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import BusyError
from app.core.spans import Span, day_span, local_date
from app.directory.kinds import ResourceKind
from app.directory.views import Bookable

_THEIRS = f"{ActorKind.PATIENT}:%"


def keys(facility: UUID, by: Actor) -> list[str]:
    """Name the lock under which the holds of patients are counted; staff need none."""
    return [f"online:{facility}"] if by.kind is ActorKind.PATIENT else []


def check(what: Bookable, kind: Kind, span: Span, *, by: Actor, now: datetime) -> None:
    """
    Let a patient of whom nothing is known hold a place, while there is room for that.

    Who finds no hold can still book at once. So a bot may keep holds from others for a
    while, but no place: of the tokens or times that are left with one doctor on a day,
    half is never held.
    Nobody is counted by their address, which many share.

    :raises BusyError: if as many as the facility allows are held, or half of the day
    """
    if by.kind is not ActorKind.PATIENT:
        return
    facility, resource = what.facility, what.resource
    everywhere = _held(Appointment.facility_id == facility.id, now=now)
    if everywhere >= facility.online_holds:
        raise BusyError(field="online_holds", most=facility.online_holds)
    if resource.kind is ResourceKind.TEAM:
        return
    day = local_date(span.start, facility.zone)
    (month,) = months.month(facility, [resource], day, 1, by=by, now=now)
    tokens, minutes = month.days[0].tokens_free, month.days[0].minutes_free
    left = tokens if kind is Kind.TOKEN else minutes // what.minutes
    held = _held(
        Appointment.resource_id == resource.id,
        Appointment.kind == kind,
        reach.bookings(day_span(day, facility.zone)),
        now=now,
    )
    if held + 1 > (left + held) // 2:
        raise BusyError(field="online_holds", most=held)


def _held(*where: ColumnElement[bool], now: datetime) -> int:
    found = select(func.count(Appointment.id)).where(
        Appointment.phase == HELD,
        Appointment.hold_expires_at > now,
        Appointment.booked_by.like(_THEIRS),
        *where,
    )
    return db.session.scalar(found) or 0
