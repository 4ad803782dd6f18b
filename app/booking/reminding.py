"""Remind patients of a visit the day before it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.booking import rows, telling
from app.booking.models import Appointment
from app.booking.states import Status
from app.core.db import db, transaction
from app.notifications.kinds import Told

LEAD = timedelta(days=1)
# Who books later than that has just been told; who sends may be away so long.
_WITHIN = timedelta(hours=4)


def remind(*, now: datetime) -> int:
    """
    Write a reminder of each visit a day ahead; tell how many visits there are.

    A visit is reminded of once for each time it is moved to.
    """
    starts = func.lower(Appointment.during)
    found = (
        select(Appointment)
        .where(
            Appointment.status == Status.SCHEDULED,
            starts > now + LEAD - _WITHIN,
            starts <= now + LEAD,
        )
        .order_by(Appointment.id)
    )
    with transaction():
        visits = rows.views(db.session.scalars(found).all())
        telling.write(
            [
                replace(note, event=f"{told.id}:{told.span.start.isoformat()}")
                for told in visits
                for note in telling.to_patients(told, Told.REMINDER)
            ],
            now=now,
        )
    return len(visits)
