"""From rows to views."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.directory.models import (
    AppointmentType,
    Department,
    Facility,
    Post,
    Resource,
    TeamMember,
)
from app.directory.views import (
    DepartmentView,
    FacilityView,
    MemberView,
    ResourceView,
    TypeView,
)


def facility(row: Facility) -> FacilityView:
    return FacilityView(
        id=row.id,
        public_id=row.public_id,
        slug=row.slug,
        name=row.name,
        zone=ZoneInfo(row.zone),
        address=row.address,
        phone=row.phone,
        active=row.active,
        region=row.region,
        online_holds=row.online_holds,
        colour=row.colour,
        logo=row.logo_mark or "",
    )


def department(row: Department) -> DepartmentView:
    return DepartmentView(
        id=row.id,
        public_id=row.public_id,
        facility_id=row.facility_id,
        name=row.name,
        active=row.active,
    )


def resource(
    row: Resource, post: Post, department: str | None, user_id: int | None
) -> ResourceView:
    return ResourceView(
        id=row.id,
        public_id=row.public_id,
        code=row.code,
        kind=row.kind,
        name=row.name,
        facility_id=post.facility_id,
        department_id=post.department_id,
        department=department or "",
        place=post.place,
        token_prefix=post.token_prefix,
        capacity=row.capacity,
        exclusive=row.exclusive,
        buffer_before=timedelta(minutes=row.buffer_before_minutes),
        buffer_after=timedelta(minutes=row.buffer_after_minutes),
        schedule_only=row.schedule_only,
        active=row.active,
        capabilities=frozenset(row.capabilities),
        user_id=user_id,
        restricted=row.restricted,
        public=post.public,
        needs_approval=row.needs_approval,
    )


def appointment_type(row: AppointmentType) -> TypeView:
    return TypeView(
        id=row.id,
        public_id=row.public_id,
        code=row.code,
        name=row.name,
        category=row.category,
        minutes=row.minutes,
        reminder_hours=row.reminder_hours,
        active=row.active,
        buffer_before=timedelta(minutes=row.buffer_before_minutes),
        buffer_after=timedelta(minutes=row.buffer_after_minutes),
        requires_chair=row.requires_chair,
        requires_room=row.requires_room,
        room_capability=row.room_capability,
        equipment=tuple(row.equipment),
        needs_approval=row.needs_approval,
        price=row.price,
        public=row.public,
        follow_up_days=row.follow_up_days,
    )


def member(row: TeamMember, resource_id: UUID) -> MemberView:
    return MemberView(
        resource_id=resource_id,
        role=row.role,
        offset=timedelta(minutes=row.offset_minutes),
        length=None if row.minutes is None else timedelta(minutes=row.minutes),
    )


def member_for_trail(told: MemberView) -> dict[str, Any]:
    return {
        "resource": told.resource_id,
        "role": told.role,
        "offset": told.offset // timedelta(minutes=1),
        "minutes": told.length and told.length // timedelta(minutes=1),
    }
