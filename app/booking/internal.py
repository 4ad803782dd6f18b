"""What higher rooms call: move an appointment along its lifecycle."""

from datetime import datetime
from uuid import UUID

from app.audit import internal as audit
from app.booking import claims, rows
from app.booking.states import Status
from app.core.actor import Actor
from app.core.db import db, hold_all, transaction


def advance(appointment: UUID, to: Status, *, by: Actor, now: datetime) -> None:
    """
    Let a visit arrive, start, end or fail to happen, as the table of moves allows.

    A patient who does not show up leaves the time to others; a token's place stays
    theirs, since its slot is gone by then.

    :raises NotFoundError: if there is no such appointment
    :raises StatusError: if the table does not lead there
    """
    with transaction():
        keys = rows.lock_keys(appointment)
        hold_all(keys)
        booking = rows.for_change(appointment, None, keys)
        former = booking.status
        rows.step(booking, to)
        if to is Status.NO_SHOW:
            claims.release(claims.Owner(appointment_id=booking.id))
        db.session.flush()
        audit.record(
            f"appointment.{to.value}",
            audit.Subject("appointment", appointment, booking.facility_id),
            by=by,
            now=now,
            before={"status": former},
            after={"status": to},
        )
