"""Acts on appointment types: add one, change it, and how long it takes with whom."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from msgspec.structs import fields
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE, Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import InputError, NotFoundError
from app.core.text import clean
from app.directory import internal, rows, saving
from app.directory.kinds import Category
from app.directory.models import AppointmentType, Post, Resource, TypeDuration
from app.directory.saving import CodeTakenError
from app.directory.views import TypeView

SHORTEST, LONGEST = 5, 24 * 60
# Two weeks; nobody keeps a reminder of a month in mind.
MOST_REMINDER_HOURS = 336
MOST_MACHINES = 10
MOST_FOLLOW_UP_DAYS = 730


class NewType(Struct, frozen=True):
    """
    A reason to come; minutes are how long it usually takes, buffers are minutes too.

    A required room is any consulting room, unless `room_capability` says what the room
    must be able to do. `equipment` names capabilities, each met by one machine.
    Patients book a `public` one themselves; of follow-ups, within so many days of a
    visit.
    Patients are reminded so many hours before; 0 is not at all.
    """

    code: str
    name: str
    category: Category
    minutes: int
    price: Decimal | None = None
    reminder_hours: int = 24
    buffer_before: int = 0
    buffer_after: int = 0
    requires_chair: bool = False
    requires_room: bool = False
    room_capability: str = ""
    equipment: tuple[str, ...] = ()
    needs_approval: bool = False
    public: bool = True
    follow_up_days: int = 30


class TypeChange(NewType, frozen=True):
    """A type as it shall be; out of use, it is not booked any more."""

    active: bool = True


def add_type(order: NewType, *, by: Actor, now: datetime) -> TypeView:
    """
    Add a reason to come.

    :raises InputError: if the code or the minutes cannot be right
    :raises CodeTakenError: if the code is in use
    """
    saving.check_code(order.code, field="code")
    row = AppointmentType(public_id=uuid4(), active=True, **_columns(order))
    taken = CodeTakenError(field="code", taken=order.code)
    with transaction(), constraints({"uq_appointment_types_code": taken}):
        accounts.require(by, Permission.MANAGE_DIRECTORY, EVERYWHERE)
        after = {"code": row.code, "name": row.name, "minutes": row.minutes}
        saving.add(row, "appointment_type", row.public_id, after, by=by, now=now)
    return rows.appointment_type(row)


def change_type(kind: UUID, order: TypeChange, *, by: Actor, now: datetime) -> TypeView:
    """
    Change a reason to come, all of it; what is booked already stays as it is.

    :raises InputError: if the code or the minutes cannot be right
    :raises CodeTakenError: if the code is in use
    :raises NotFoundError: if there is no such type
    """
    saving.check_code(order.code, field="code")
    values = {**_columns(order), "active": order.active}
    taken = CodeTakenError(field="code", taken=order.code)
    with transaction() as session, constraints({"uq_appointment_types_code": taken}):
        accounts.require(by, Permission.MANAGE_DIRECTORY, EVERYWHERE)
        found = select(AppointmentType).where(AppointmentType.public_id == kind)
        row = session.scalar(found.with_for_update())
        if row is None:
            raise NotFoundError("type", field="type_id")
        before = {name: getattr(row, name) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
        changed = {n: v for n, v in values.items() if v != before[n]}
        audit.record(
            "appointment_type.changed",
            audit.Subject("appointment_type", kind),
            by=by,
            now=now,
            before=_for_trail({name: before[name] for name in changed}),
            after=_for_trail(changed),
        )
        return rows.appointment_type(row)


def set_duration(
    kind: UUID, resource: UUID, minutes: int | None, *, by: Actor, now: datetime
) -> None:
    """
    Set how many minutes a type takes with one resource; None is as with anybody.

    :raises InputError: if the minutes cannot be right
    :raises NotFoundError: if there is no such type or resource
    """
    if minutes is not None:
        _check_minutes(minutes)
    with transaction() as session:
        why = internal.appointment_type(kind)
        number = internal.resource_number(resource)
        for post in internal.posts_of([number]):
            scope = Scope(post.facility_id, frozenset({post.thing}))
            accounts.require(by, Permission.MANAGE_DIRECTORY, scope)
        mine = (
            TypeDuration.type_id == why.id,
            TypeDuration.resource_id == number,
        )
        before = session.scalar(select(TypeDuration.minutes).where(*mine))
        if minutes is None:
            session.execute(delete(TypeDuration).where(*mine))
        else:
            _set_minutes(why.id, number, minutes)
        audit.record(
            "appointment_type.duration_set",
            audit.Subject("appointment_type", kind),
            by=by,
            now=now,
            before={"resource": resource, "minutes": before},
            after={"resource": resource, "minutes": minutes},
        )


def durations(kind: TypeView, facility_ids: Iterable[int]) -> dict[UUID, int]:
    """Give the minutes a type takes with resources that have their own, by name."""
    found = db.session.execute(
        select(Resource.public_id, TypeDuration.minutes)
        .join(TypeDuration, TypeDuration.resource_id == Resource.id)
        .where(
            TypeDuration.type_id == kind.id,
            Resource.id.in_(
                select(Post.resource_id).where(Post.facility_id.in_(set(facility_ids)))
            ),
        )
        .order_by(Resource.name, Resource.id)
    )
    return {row.public_id: row.minutes for row in found}


def _set_minutes(type_id: int, resource_id: int, minutes: int) -> None:
    kept = insert(TypeDuration).values(
        type_id=type_id, resource_id=resource_id, minutes=minutes
    )
    db.session.execute(
        kept.on_conflict_do_update(
            index_elements=["type_id", "resource_id"], set_={"minutes": minutes}
        )
    )


def _columns(order: NewType) -> dict[str, Any]:
    """
    Give the columns of a type after seeing that they can be right.

    :raises InputError: naming the field
    """
    saving.check_buffers(order.buffer_before, order.buffer_after)
    _check_minutes(order.minutes)
    saving.within(0, MOST_REMINDER_HOURS, reminder_hours=order.reminder_hours)
    if order.price is not None and not 0 <= order.price < 10**10:
        raise InputError(field="price", reason="between", least=0, most=10**10 - 1)
    if not 1 <= order.follow_up_days <= MOST_FOLLOW_UP_DAYS:
        most = MOST_FOLLOW_UP_DAYS
        raise InputError(field="follow_up_days", reason="between", least=1, most=most)
    if len(order.equipment) > MOST_MACHINES:
        raise InputError(field="equipment", reason="count", least=0, most=MOST_MACHINES)
    if order.room_capability and not order.requires_room:
        raise InputError(field="room_capability", reason="no_room")
    values = {each.name: getattr(order, each.name) for each in fields(NewType)}
    before, after = values.pop("buffer_before"), values.pop("buffer_after")
    return {
        **values,
        "name": clean(order.name, field="name", least=1, most=80),
        "room_capability": clean(
            order.room_capability, field="room_capability", most=40
        ),
        "equipment": [
            clean(each, field="equipment", least=1, most=40) for each in order.equipment
        ],
        "buffer_before_minutes": before,
        "buffer_after_minutes": after,
    }


def _check_minutes(minutes: int) -> None:
    if not SHORTEST <= minutes <= LONGEST:
        raise InputError(
            field="minutes", reason="between", least=SHORTEST, most=LONGEST
        )


def _for_trail(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }
