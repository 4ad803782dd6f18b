"""How a visit stands, for who has its secret: from booking to the end of its day."""

from datetime import datetime

from sqlalchemy import select

from app.booking import internal as booking
from app.booking.internal import Seat
from app.booking.states import Status
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.spans import local_date
from app.directory import internal as directory
from app.directory.views import FacilityView
from app.queues import lines, oneself, waiting
from app.queues.models import Queue
from app.queues.views import StatusView


def status(secret: str, *, now: datetime) -> StatusView:
    """
    Give how a visit stands to who has its secret, and no name of anybody waiting.

    :raises NotFoundError: if it is nobody's secret
    """
    seat = booking.whose(secret)
    if seat is None:
        raise NotFoundError("slip")
    entry = lines.last_entry(seat.participant_id)
    post = seat.resource_id if entry is None else lines.of(entry).resource_id
    facility, resource = directory.serving_at(seat.facility_id, post)
    queue = _queue_of(seat, facility) if entry is None else lines.of(entry)
    told = None
    if entry is not None:
        told = waiting.entry_view(entry, facility.zone, now=now, names=False)
    day = queue.day if queue else local_date(seat.span.start, facility.zone)
    today = local_date(now, facility.zone)
    return StatusView(
        facility=facility,
        resource=resource,
        seat=seat,
        entry=told,
        paused=day == today and queue is not None and queue.paused_at is not None,
        late_minutes=queue.late_minutes if queue and day == today else 0,
        live=today <= day,
        may_come=seat.status is Status.SCHEDULED
        and oneself.comes_now(seat.span, facility, now=now)
        and oneself.from_elsewhere(seat, facility, now=now),
    )


def _queue_of(seat: Seat, facility: FacilityView) -> Queue | None:
    """Give the queue somebody will stand in, if it has begun."""
    return db.session.scalar(
        select(Queue).where(
            Queue.facility_id == seat.facility_id,
            Queue.resource_id == seat.resource_id,
            Queue.day == local_date(seat.span.start, facility.zone),
        )
    )
