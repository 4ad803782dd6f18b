"""Holds: a place kept for a while, without a number and perhaps without a name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    bindparam,
    or_,
    select,
    update,
)

from app.audit import internal as audit
from app.booking import claims, loads, tokens
from app.booking.models import HELD, Appointment, BookingResource, Participant
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.core.constant import any_of
from app.core.db import db, table
from app.core.spans import local_date
from app.directory import internal as directory


def expire(resource_ids: Sequence[int], *, now: datetime) -> None:
    """
    Free every place of these resources whose hold has run out.

    Every act does so after locking, before it reads: no job has to run for an expired
    hold to give way to the next taker.
    """
    _end(_EXPIRE, {"resource_ids": list(resource_ids), "now": now}, now=now)


def ran_out(resource_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Give the claims of holds that have run out: who only looks, counts them not."""
    asked = {"resource_ids": list(resource_ids), "now": now}
    return set(db.session.scalars(_LAPSED, asked))


def drop(appointment_ids: Sequence[int], *, now: datetime) -> None:
    """Free the places of these holds, as if they had run out; their locks are held."""
    _end(_DROP, {"appointment_ids": list(appointment_ids)}, now=now)


def _end(statement: Executable, which: dict[str, Any], *, now: datetime) -> None:
    freed = db.session.execute(statement, which).all()
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


_APPOINTMENT, _CLAIM = table(Appointment).c, table(BookingResource).c
_THESE = any_of("resource_ids", BigInteger)


def run_out(these: ColumnElement[Any]) -> Select[int]:
    """Select the holds of these resources, by row number, that have run out."""
    claimed = select(_CLAIM.id).where(
        _CLAIM.appointment_id == _APPOINTMENT.id,
        _CLAIM.resource_id == these,
        _CLAIM.active,
    )
    return select(_APPOINTMENT.id).where(
        _APPOINTMENT.phase == HELD,
        _APPOINTMENT.hold_expires_at <= bindparam("now"),
        or_(
            _APPOINTMENT.resource_id == these,
            claimed.correlate_except(table(BookingResource)).exists(),
        ),
    )


RUN_OUT = run_out(_THESE)
_LAPSED = select(_CLAIM.id).where(_CLAIM.appointment_id.in_(RUN_OUT), _CLAIM.active)
# Locked in order of their numbers, so that two who meet the same ones do not deadlock.
_RUN_OUT = RUN_OUT.order_by(_APPOINTMENT.id).with_for_update()
_NAMED = (
    select(_APPOINTMENT.id)
    .where(
        _APPOINTMENT.id.in_(bindparam("appointment_ids", expanding=True)),
        _APPOINTMENT.phase == HELD,
    )
    .order_by(_APPOINTMENT.id)
    .with_for_update()
)


def _ending(which: Select[int]) -> Executable:
    return (
        update(table(Appointment))
        .where(_APPOINTMENT.id.in_(which))
        .values(status=Status.EXPIRED, hold_expires_at=None)
        .returning(
            _APPOINTMENT.id,
            _APPOINTMENT.public_id,
            _APPOINTMENT.facility_id,
            _APPOINTMENT.resource_id,
            _APPOINTMENT.type_id,
            _APPOINTMENT.token_slot_id,
            _APPOINTMENT.during,
        )
    )


_EXPIRE, _DROP = _ending(_RUN_OUT), _ending(_NAMED)


def _free(appointment_id: int, slot_id: int | None) -> None:
    if slot_id is not None:
        tokens.give_place_back(slot_id)
    claims.release(claims.Owner(appointment_id=appointment_id))
    db.session.execute(
        update(Participant)
        .where(Participant.appointment_id == appointment_id)
        .values(status=Status.EXPIRED)
    )
