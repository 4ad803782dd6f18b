"""Rules of the facility that buyers are told of, as they apply to one visit."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.booking import queries
from app.booking.rules.cancel_notice import CancelNotice
from app.booking.views import AppointmentView
from app.core.actor import SYSTEM
from app.directory import queries as directory


def notice(visit: AppointmentView) -> timedelta | None:
    """Tell how long before its start a visit is cancelled at the latest, if at all."""
    found = settings(CancelNotice.kind, visit)
    most = max((int(each["minutes"]) for each in found), default=0)
    return timedelta(minutes=most) if most else None


def settings(kind: str, visit: AppointmentView) -> list[Mapping[str, Any]]:
    """Give the settings of the rules of a kind that apply to a visit."""
    place, doctor = visit.facility, visit.resource
    rules = [
        each
        for each in queries.rules(place, by=SYSTEM)
        if each.kind == kind
        and each.resource_id in {None, doctor.public_id}
        and each.type_id in {None, visit.type.public_id}
    ]
    if any(each.department_id is not None for each in rules):
        ours = {None} | {
            each.public_id
            for each in directory.departments(place, by=SYSTEM)
            if each.id == doctor.department_id
        }
        rules = [each for each in rules if each.department_id in ours]
    return [each.settings for each in rules]
