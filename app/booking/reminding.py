"""Remind patients of a visit, as long before it as its type says."""

from collections import defaultdict
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import ColumnElement, and_, false, func, or_, select

from app.booking import rows, telling
from app.booking.models import Appointment
from app.booking.states import Status
from app.core.db import db, transaction
from app.directory import internal as directory
from app.notifications.kinds import Told

# Who books later than that has just been told; who sends may be away so long.
_WITHIN = timedelta(hours=4)


def remind(*, now: datetime) -> int:
    """
    Write a reminder of each visit whose type wants it now; tell how many visits.

    A visit is reminded of once for each time it is moved to.
    """
    with transaction():
        found = (
            select(Appointment)
            .where(Appointment.status == Status.SCHEDULED, _is_due(now))
            .order_by(Appointment.id)
        )
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


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Ask for visits that are as far ahead as their type says; of 0 hours is none."""
    leads: dict[int, list[int]] = defaultdict(list)
    for number, kind in directory.types().items():
        leads[kind.reminder_hours].append(number)
    starts = func.lower(Appointment.during)
    return or_(
        false(),
        *(
            and_(
                Appointment.type_id.in_(numbers),
                starts > now + _latest(timedelta(hours=hours)),
                starts <= now + timedelta(hours=hours),
            )
            for hours, numbers in leads.items()
        ),
    )


def _latest(lead: timedelta) -> timedelta:
    """Give how far ahead a visit must be still: a late reminder is not one any more."""
    return max(lead - _WITHIN, lead / 2)
