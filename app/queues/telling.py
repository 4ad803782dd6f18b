"""Messages to who waits: the doctor pauses, is late, or is back; once for each act."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.booking import internal as booking
from app.core.db import db
from app.directory import internal as directory
from app.notifications import internal as notifications
from app.notifications.kinds import Told
from app.notifications.views import Note, To
from app.queues.kinds import EntryIs
from app.queues.models import Queue, QueueEntry

_WAITS = (EntryIs.WAITING, EntryIs.CALLED, EntryIs.ON_HOLD, EntryIs.AT_TESTS)


def delayed(queue: Queue, before: Mapping[str, Any], *, now: datetime) -> None:
    """
    Tell who waits what has become of a pause or a delay, if that is other than before.

    The same said again, as by a second press, is not told again.
    """
    was = before["queue"]
    paused, late = queue.paused_at is not None, queue.late_minutes
    if (was["paused_at"] is not None, was["late_minutes"]) == (paused, late):
        return
    waits = select(QueueEntry.participant_id).where(
        QueueEntry.queue_id == queue.id, QueueEntry.state.in_(_WAITS)
    )
    seats = booking.of_participants(db.session.scalars(waits))
    if not seats:
        return
    _, post = directory.serving_at(queue.facility_id, queue.resource_id)
    notifications.queue(
        (
            Note(
                to=To(patient_id=seat.patient_id),
                kind=Told.DELAYED,
                facility_id=queue.facility_id,
                appointment_id=seat.appointment_id,
                event=f"{seat.appointment_id}:{queue.id}:{now.isoformat()}",
                data={
                    "reference": seat.reference,
                    "token": seat.token,
                    "with": post.name,
                    "paused": paused,
                    "late_minutes": late,
                    "notice": queue.notice,
                },
            )
            for seat in seats.values()
        ),
        now=now,
    )
