"""Holds: a place kept for a while, without a number and perhaps without a name."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select, update

from app.audit import internal as audit
from app.booking import claims, loads, tokens
from app.booking.models import Appointment, BookingResource, Participant
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.spans import local_date
from app.directory import internal as directory


def expire(resource_ids: Sequence[int], *, now: datetime) -> None:
    """
    Free every place of these resources whose hold has run out.

    Every act does so after locking, before it reads: no job has to run for an expired
    hold to give way to the next taker.
    """
    _end(_run_out(resource_ids, now), now=now)


def drop(appointment_ids: Sequence[int], *, now: datetime) -> None:
    """Free the places of these holds, as if they had run out; their locks are held."""
    wanted = (
        select(Appointment.id)
        .where(Appointment.id.in_(appointment_ids), Appointment.status == Status.HELD)
        .order_by(Appointment.id)
        .with_for_update()
    )
    _end(wanted, now=now)


def _end(which: Select[int], *, now: datetime) -> None:
    freed = db.session.execute(
        update(Appointment)
        .where(Appointment.id.in_(which))
        .values(status=Status.EXPIRED, hold_expires_at=None)
        .returning(
            Appointment.id,
            Appointment.public_id,
            Appointment.facility_id,
            Appointment.resource_id,
            Appointment.type_id,
            Appointment.token_slot_id,
            Appointment.during,
        )
        .execution_options(synchronize_session=False)
    ).all()
    if not freed:
        return
    zones = {f.id: f.zone for f in directory.facilities().values()}
    for row in sorted(freed):
        _free(row.id, row.token_slot_id)
        day = local_date(row.during.start, zones[row.facility_id])
        loads.give_back(row.resource_id, row.facility_id, row.type_id, day)
        audit.record(
            "appointment.expired",
            audit.Subject("appointment", row.public_id, row.facility_id),
            by=SYSTEM,
            now=now,
            before={"status": Status.HELD},
            after={"status": Status.EXPIRED},
        )


def _run_out(resource_ids: Sequence[int], now: datetime) -> Select[int]:
    """
    Select and lock the holds that have run out.

    In order of their numbers, so that two who meet the same ones do not deadlock.
    """
    claimed = select(BookingResource.appointment_id).where(
        BookingResource.resource_id.in_(resource_ids), BookingResource.active
    )
    return (
        select(Appointment.id)
        .where(
            Appointment.status == Status.HELD,
            Appointment.hold_expires_at <= now,
            or_(Appointment.resource_id.in_(resource_ids), Appointment.id.in_(claimed)),
        )
        .order_by(Appointment.id)
        .with_for_update()
    )


def _free(appointment_id: int, slot_id: int | None) -> None:
    if slot_id is not None:
        tokens.give_place_back(slot_id)
    claims.release(claims.Owner(appointment_id=appointment_id))
    db.session.execute(
        update(Participant)
        .where(Participant.appointment_id == appointment_id)
        .values(status=Status.EXPIRED)
    )
