"""Resources and types by row number, all in one statement: for lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.core.db import db
from app.directory.kinds import Category, ResourceKind
from app.directory.views import ResourceView, TypeView


@dataclass(frozen=True, slots=True)
class Guide:
    """What a list of one facility names, by row number."""

    resources: dict[int, ResourceView]
    types: dict[int, TypeView]


def read(facility_id: int, *, resources: Iterable[int], types: Iterable[int]) -> Guide:
    """Read what is asked for; what does not exist is left out."""
    row = db.session.execute(
        _ALL,
        {
            "facility": facility_id,
            "resources": sorted(set(resources)),
            "types": sorted(set(types)),
        },
    ).one()
    return Guide(
        resources={each[0]: _resource(*each) for each in row.resources or []},
        types={each[0]: _type(*each) for each in row.types or []},
    )


def _resource(number: int, public_id: str, *told: Any) -> ResourceView:
    code, kind, name, facility_id, department_id, department, place, *more = told
    prefix, capacity, exclusive, before, after, own, active, can, *last = more
    user_id, restricted, needs_approval = last
    return ResourceView(
        number,
        UUID(public_id),
        code,
        ResourceKind(kind),
        name,
        facility_id,
        department_id,
        department,
        place,
        prefix,
        capacity,
        exclusive,
        timedelta(minutes=before),
        timedelta(minutes=after),
        own,
        active,
        frozenset(can),
        user_id=user_id,
        restricted=restricted,
        needs_approval=needs_approval,
    )


def _type(number: int, public_id: str, *told: Any) -> TypeView:
    code, name, category, minutes, active, before, after, *needs, price = told
    chair, room, capability, equipment, approval = needs
    return TypeView(
        number,
        UUID(public_id),
        code,
        name,
        Category(category),
        minutes,
        active,
        timedelta(minutes=before),
        timedelta(minutes=after),
        chair,
        room,
        capability,
        tuple(equipment),
        approval,
        None if price is None else Decimal(price),
    )


_ALL = text(
    """
SELECT
  (SELECT json_agg(json_build_array(
     r.id, r.public_id, r.code, r.kind, r.name, p.facility_id, p.department_id,
     coalesce(d.name, ''), p.place, p.token_prefix, r.capacity, r.exclusive,
     r.buffer_before_minutes, r.buffer_after_minutes, r.schedule_only, r.active,
     r.capabilities, pr.user_id, r.restricted, r.needs_approval))
   FROM resources r JOIN posts p ON p.resource_id = r.id
   LEFT JOIN practitioners pr ON pr.id = r.practitioner_id
   LEFT JOIN departments d ON d.id = p.department_id
   WHERE r.id = ANY(:resources) AND p.facility_id = :facility) AS resources,
  (SELECT json_agg(json_build_array(
     t.id, t.public_id, t.code, t.name, t.category, t.minutes, t.active,
     t.buffer_before_minutes, t.buffer_after_minutes, t.requires_chair,
     t.requires_room, t.room_capability, t.equipment, t.needs_approval,
     t.price::text))
   FROM appointment_types t WHERE t.id = ANY(:types)) AS types
"""
)
