"""Acts on what is booked: what it is called, can do and holds, and where it serves."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import InputError, NotFoundError
from app.core.holding import hold_all
from app.core.text import clean
from app.directory import internal, saving
from app.directory.events import ResourceChanged
from app.directory.models import Post, Resource
from app.directory.views import FacilityView, ResourceView

MAX_CAPACITY = 200


class Standing(Struct, frozen=True):
    """Where in a facility something serves: its department, and the place it stands."""

    facility: FacilityView
    department_id: int | None
    place: str


def change_resource(  # noqa: PLR0913 - each is a field that may change
    resource: UUID,
    *,
    by: Actor,
    now: datetime,
    capacity: int | None = None,
    active: bool | None = None,
    schedule_only: bool | None = None,
    name: str | None = None,
    capabilities: tuple[str, ...] | None = None,
    buffer_before: int | None = None,
    buffer_after: int | None = None,
    at: Standing | None = None,
) -> ResourceView:
    """
    Change what a resource is called, can do and holds, or whether it is in use.

    Buffers are minutes, and hold for what is booked from now on. Bookings stay; those
    that do not fit any more are put on the list of conflicts. `at` lets it serve
    elsewhere in a facility.

    :raises InputError: if a field cannot be right, or the department is out of use
    :raises NotFoundError: if there is no such resource
    """
    fresh = {
        "capacity": capacity,
        "active": active,
        "schedule_only": schedule_only,
        "name": None if name is None else clean(name, field="name", least=1, most=120),
        "capabilities": None if capabilities is None else _able(capabilities),
        "buffer_before_minutes": buffer_before,
        "buffer_after_minutes": buffer_after,
    }
    if capacity is not None and not 1 <= capacity <= MAX_CAPACITY:
        raise InputError(field="capacity", reason="between", least=1, most=MAX_CAPACITY)
    saving.check_buffers(buffer_before or 0, buffer_after or 0)
    with transaction():
        hold_all([f"resource:{resource}"])
        if at is not None:
            _move(at, resource, by=by, now=now)
        return _change(resource, fresh, by=by, now=now)


def _change(
    resource: UUID, fresh: dict[str, Any], *, by: Actor, now: datetime
) -> ResourceView:
    posts = internal.posts_of([internal.resource_number(resource)])
    for post in posts:
        scope = Scope(post.facility_id, frozenset({post.thing}))
        accounts.require(by, Permission.MANAGE_DIRECTORY, scope)
        if fresh["active"] and not post.active:
            saving.must_be_open(post.department_id)
    found = select(Resource).where(Resource.public_id == resource)
    row = db.session.scalars(found.with_for_update()).one()
    before = _state(row)
    for column, value in fresh.items():
        if value is not None:
            setattr(row, column, value)
    db.session.flush()
    after, told = _state(row), audit.Subject("resource", resource)
    audit.record("resource.changed", told, by=by, now=now, before=before, after=after)
    changed = replace(posts[0], **_seen(after))
    house.emit(ResourceChanged(posts[0], changed, by=by, now=now))
    return changed


def _move(at: Standing, resource: UUID, *, by: Actor, now: datetime) -> None:
    """
    Let a resource serve elsewhere in a facility; its bookings stay with it.

    :raises NotFoundError: if it does not serve there, or there is no such department
    """
    where, to = clean(at.place, field="place", most=40), at.department_id
    told = internal.resource(resource, at.facility.id)
    if (to, where) == (told.department_id, told.place):
        return
    scope = Scope(at.facility.id, frozenset({told.thing}))
    accounts.require(by, Permission.MANAGE_DIRECTORY, scope)
    if to != told.department_id:
        _enter(at.facility, to, by=by)
    found = select(Post).where(
        Post.resource_id == told.id, Post.facility_id == at.facility.id
    )
    row = db.session.scalars(found.with_for_update()).one()
    row.department_id, row.place = to, where
    db.session.flush()
    audit.record(
        "resource.moved",
        audit.Subject("resource", resource, at.facility.id),
        by=by,
        now=now,
        before={"department": told.department, "place": told.place},
        after={"department": _name(at.facility, to), "place": where},
    )


def _enter(facility: FacilityView, department_id: int | None, *, by: Actor) -> None:
    """
    Ask for leave over the facility: whose department it becomes is asked, too.

    :raises NotFoundError: if that is no department of it
    """
    accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
    saving.must_be_open(department_id)
    _name(facility, department_id)


def _name(facility: FacilityView, department_id: int | None) -> str:
    if department_id is None:
        return ""
    for each in internal.departments(facility.id):
        if each.id == department_id:
            return each.name
    raise NotFoundError("department", field="department")


def _able(capabilities: tuple[str, ...]) -> list[str]:
    """
    Read what a resource can do, each once.

    :raises InputError: if one of them is no line of text
    """
    return sorted(
        {clean(each, field="capabilities", least=1, most=40) for each in capabilities}
    )


def _state(row: Resource) -> dict[str, Any]:
    return {
        "capacity": row.capacity,
        "active": row.active,
        "schedule_only": row.schedule_only,
        "name": row.name,
        "capabilities": frozenset(row.capabilities),
        "buffer_before": row.buffer_before_minutes,
        "buffer_after": row.buffer_after_minutes,
    }


def _seen(state: dict[str, Any]) -> dict[str, Any]:
    buffers = {
        each: timedelta(minutes=state[each])
        for each in ("buffer_before", "buffer_after")
    }
    return {**state, **buffers}
