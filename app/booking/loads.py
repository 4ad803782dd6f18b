"""Daily loads: how many a resource has on a day, counted where nobody can race."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import text, update

from app.booking.models import DailyLoad
from app.booking.rules.case import refuse
from app.booking.rules.daily_limit import DailyLimit
from app.core.db import db
from app.core.errors import RuleError
from app.directory.views import ResourceView

ALL_TYPES = 0


def take(
    resource: ResourceView, type_id: int, day: date, limits: Iterable[DailyLimit]
) -> None:
    """
    Count one more, and refuse the one too many.

    The caller holds the resource's lock; a refusal undoes the count.

    :raises RuleError: naming the limit that is reached
    """
    where = {
        "resource_id": resource.id,
        "facility_id": resource.facility_id,
        "day": day,
        "type_ids": [ALL_TYPES, type_id],
    }
    used = {row.type_id: row.used for row in db.session.execute(_COUNT, where)}
    check(used, resource, type_id, limits)


def check(
    used: Mapping[int, int],
    resource: ResourceView,
    type_id: int,
    limits: Iterable[DailyLimit],
) -> None:
    """
    Refuse the one too many of those counted, by type.

    :raises RuleError: naming the limit that is reached
    """
    for limit in limits:
        if used[type_id if limit.per_type else ALL_TYPES] > limit.limit:
            raise refusal(limit, resource)


_COUNT = text(
    """
INSERT INTO daily_loads (resource_id, facility_id, day, type_id, used)
SELECT :resource_id, :facility_id, :day, type_id, 1
FROM unnest(CAST(:type_ids AS bigint[])) AS type_id
ON CONFLICT (resource_id, facility_id, day, type_id)
DO UPDATE SET used = daily_loads.used + 1
RETURNING type_id, used
"""
)


def refusal(limit: DailyLimit, resource: ResourceView) -> RuleError:
    """Make the refusal of a day that is full."""
    return refuse(
        limit,
        field="starts_at",
        limit=limit.limit,
        per_type=limit.per_type,
        resource=resource.name,
    )


def give_back(resource_id: int, facility_id: int, type_id: int, day: date) -> None:
    """Count one less."""
    db.session.execute(
        update(DailyLoad)
        .where(
            DailyLoad.resource_id == resource_id,
            DailyLoad.facility_id == facility_id,
            DailyLoad.day == day,
            DailyLoad.type_id.in_((ALL_TYPES, type_id)),
        )
        .values(used=DailyLoad.used - 1)
        .execution_options(synchronize_session=False)
    )
