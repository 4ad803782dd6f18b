"""Facilities, resources and types as JSON: what every booking and list asks for."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    func,
    select,
)

from app.core.constant import Constant, any_of
from app.core.db import table
from app.directory.kinds import Category, ResourceKind
from app.directory.models import (
    AppointmentType,
    Department,
    Facility,
    Post,
    Practitioner,
    Resource,
    TypeDuration,
)
from app.directory.views import Bookable, FacilityView, ResourceView, TypeView


class Guide(Struct, frozen=True):
    """What a list of one facility names, by row number."""

    resources: dict[int, ResourceView]
    types: dict[int, TypeView]


def booked(row: Sequence[Any]) -> Bookable:
    """Make the view of what a row of `booked_beside` begins with."""
    where, what, why, minutes, *_ = row
    of_type = appointment_type(*why)
    return Bookable(
        facility=facility(*where),
        resource=resource(*what),
        type=of_type,
        minutes=minutes or of_type.minutes,
    )


def booked_beside(
    more: Callable[[ColumnElement[int], ColumnElement[int]], Iterable[Any]],
) -> Select[Any]:
    """
    Select what a booking names by `facility`, `resource` and `kind`, and more beside.

    `more` gives columns from the row numbers of the facility and of the resource.
    """
    return _BOOKED.add_columns(*more(_WHERE.id, _WHAT.id))


def read(facility_id: int, *, resources: Iterable[int], types: Iterable[int]) -> Guide:
    """Read what is asked for; what does not exist is left out."""
    row = _ALL.send(
        {
            "facility": facility_id,
            "resources": sorted(set(resources)),
            "types": sorted(set(types)),
        },
    ).one()
    return Guide(
        resources={each[0]: resource(*each) for each in row.resources or []},
        types={each[0]: appointment_type(*each) for each in row.types or []},
    )


def beside(
    facility_id: ColumnElement[int],
    resources: ColumnElement[Any],
    type_id: ColumnElement[int],
) -> ColumnElement[Any]:
    """
    Select all that an appointment names, as JSON for `whole`.

    By the row numbers that another room's statement reads; `resources` is an array.
    """
    posts = _serving(select(func.json_agg(RESOURCE))).where(
        _WHAT.id == any_(resources), _POST.facility_id == facility_id
    )
    return func.json_build_array(
        select(FACILITY).where(_WHERE.id == facility_id).scalar_subquery(),
        posts.scalar_subquery(),
        select(TYPE).where(_WHY.id == type_id).scalar_subquery(),
    )


def whole(told: Sequence[Any]) -> tuple[FacilityView, Guide]:
    """Make the views of what `beside` selected."""
    where, posts, kind = told
    known = Guide(
        {each[0]: resource(*each) for each in posts or []},
        {kind[0]: appointment_type(*kind)},
    )
    return facility(*where), known


def place_beside(
    facility_id: SQLColumnExpression[int], resource_id: SQLColumnExpression[int]
) -> ColumnElement[Any]:
    """Select a resource and where it serves, as JSON for `placed`, by row numbers."""
    serves = _serving(select(RESOURCE)).where(
        _WHAT.id == resource_id, _POST.facility_id == facility_id
    )
    return func.json_build_array(
        select(FACILITY).where(_WHERE.id == facility_id).scalar_subquery(),
        serves.scalar_subquery(),
    )


def placed(told: Sequence[Any]) -> tuple[FacilityView, ResourceView]:
    """Make the views of what `place_beside` selected."""
    where, what = told
    return facility(*where), resource(*what)


def everybody_beside(facility_id: SQLColumnExpression[int]) -> ColumnElement[Any]:
    """Select a facility and all that serves there, as JSON for `everybody`."""
    serve = _serving(select(func.json_agg(RESOURCE)))
    return func.json_build_array(
        select(FACILITY).where(_WHERE.id == facility_id).scalar_subquery(),
        serve.where(_POST.facility_id == facility_id).scalar_subquery(),
    )


def everybody(told: Sequence[Any]) -> tuple[FacilityView, dict[int, ResourceView]]:
    """Make the views of what `everybody_beside` selected, resources by row number."""
    where, posts = told
    return facility(*where), {each[0]: resource(*each) for each in posts or []}


def department_beside(
    facility_id: SQLColumnExpression[int], resource_id: SQLColumnExpression[int]
) -> ColumnElement[Any]:
    """Select the row number of the department in which a resource serves somewhere."""
    post = _POST.resource_id == resource_id, _POST.facility_id == facility_id
    return select(_POST.department_id).where(*post).scalar_subquery()


def sharing(facility_id: int) -> ColumnElement[Any]:
    """Select an array of where somebody of a facility serves too, and itself."""
    here = select(_POST.resource_id).where(_POST.facility_id == facility_id)
    found = select(func.array_agg(_POST.facility_id)).where(_POST.resource_id.in_(here))
    return func.array_append(found.scalar_subquery(), facility_id)


def public_id_of(number: ColumnElement[int]) -> ColumnElement[Any]:
    """Select a public id by a row number that another room's statement reads."""
    return select(_WHAT.public_id).where(_WHAT.id == number).scalar_subquery()


def name_of(number: ColumnElement[int]) -> ColumnElement[Any]:
    """Select a name by a row number that another room's statement knows."""
    return select(_WHAT.name).where(_WHAT.id == number).scalar_subquery()


def those(
    facility_id: int, ids: Iterable[int]
) -> tuple[FacilityView, dict[int, ResourceView]]:
    """Read a facility and some that serve in it; who does not is left out."""
    named = {"facility": facility_id, "resources": sorted(set(ids))}
    return everybody(_THOSE.send(named).one())


def facility(number: int, public_id: str, *told: Any) -> FacilityView:
    """Make the view of what `FACILITY` selected."""
    slug, name, zone, address, phone, active, region, *online = told
    return FacilityView(
        number,
        UUID(public_id),
        slug,
        name,
        ZoneInfo(zone),
        address,
        phone,
        active,
        region=region,
        online_holds=online[0],
        colour=online[1],
        logo=online[2],
    )


def resource(number: int, public_id: str, *told: Any) -> ResourceView:
    """Make the view of what `RESOURCE` selected."""
    code, kind, name, facility_id, department_id, department, place, *more = told
    prefix, capacity, exclusive, before, after, own, active, can, *last = more
    user_id, restricted, needs_approval, public = last
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
        public=public,
    )


def appointment_type(number: int, public_id: str, *told: Any) -> TypeView:
    """Make the view of what `TYPE` selected."""
    reminder, code, name, category, minutes, active, *more = told
    before, after, *needs, price = more
    chair, room, capability, equipment, approval, public, days = needs
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
        public=public,
        follow_up_days=days,
        reminder_hours=reminder,
    )


# Each as one JSON column: a row of fifty columns costs more to take apart than to send.
_WHERE, _WHAT, _POST, _WHY = (
    table(each).c for each in (Facility, Resource, Post, AppointmentType)
)
FACILITY: ColumnElement[Any] = func.json_build_array(
    _WHERE.id,
    _WHERE.public_id,
    _WHERE.slug,
    _WHERE.name,
    _WHERE.zone,
    _WHERE.address,
    _WHERE.phone,
    _WHERE.active,
    _WHERE.region,
    _WHERE.online_holds,
    _WHERE.colour,
    func.coalesce(_WHERE.logo_mark, ""),
)
RESOURCE: ColumnElement[Any] = func.json_build_array(
    _WHAT.id,
    _WHAT.public_id,
    _WHAT.code,
    _WHAT.kind,
    _WHAT.name,
    _POST.facility_id,
    _POST.department_id,
    func.coalesce(table(Department).c.name, ""),
    _POST.place,
    _POST.token_prefix,
    _WHAT.capacity,
    _WHAT.exclusive,
    _WHAT.buffer_before_minutes,
    _WHAT.buffer_after_minutes,
    _WHAT.schedule_only,
    _WHAT.active,
    _WHAT.capabilities,
    table(Practitioner).c.user_id,
    _WHAT.restricted,
    _WHAT.needs_approval,
    _POST.public,
)
TYPE: ColumnElement[Any] = func.json_build_array(
    _WHY.id,
    _WHY.public_id,
    _WHY.reminder_hours,
    _WHY.code,
    _WHY.name,
    _WHY.category,
    _WHY.minutes,
    _WHY.active,
    _WHY.buffer_before_minutes,
    _WHY.buffer_after_minutes,
    _WHY.requires_chair,
    _WHY.requires_room,
    _WHY.room_capability,
    _WHY.equipment,
    _WHY.needs_approval,
    _WHY.public,
    _WHY.follow_up_days,
    cast(_WHY.price, Text),
)


def _serving(told: Select[Any]) -> Select[Any]:
    return (
        told.select_from(table(Resource))
        .join(table(Post), _POST.resource_id == _WHAT.id)
        .outerjoin(
            table(Practitioner), table(Practitioner).c.id == _WHAT.practitioner_id
        )
        .outerjoin(table(Department), table(Department).c.id == _POST.department_id)
    )


_POSTS = (
    _serving(select(func.json_agg(RESOURCE)))
    .where(
        _WHAT.id == any_of("resources", BigInteger),
        _POST.facility_id == bindparam("facility"),
    )
    .scalar_subquery()
    .label("resources")
)
_THOSE = Constant(select(FACILITY, _POSTS).where(_WHERE.id == bindparam("facility")))
_ALL = Constant(
    select(
        _POSTS,
        select(func.json_agg(TYPE))
        .where(_WHY.id == any_of("types", BigInteger))
        .scalar_subquery()
        .label("types"),
    )
)
# By public ids: a facility and what serves in it; and of that what is booked, for whom.
HERE = Constant(select(FACILITY).where(_WHERE.public_id == bindparam("facility")))
_SERVES = _serving(select(FACILITY, RESOURCE)).join(
    table(Facility), _WHERE.id == _POST.facility_id
)
_THERE = _SERVES.where(
    _WHERE.public_id == bindparam("facility"),
    _WHAT.public_id == bindparam("resource"),
)
THERE = Constant(_THERE)
# The same by row numbers.
THERE_AT = Constant(
    _SERVES.where(_WHERE.id == bindparam("facility"), _WHAT.id == bindparam("resource"))
)
_OWN = table(TypeDuration).c
_BOOKED = (
    _THERE.add_columns(TYPE, _OWN.minutes)
    .join(table(AppointmentType), _WHY.public_id == bindparam("kind"))
    .outerjoin(
        table(TypeDuration),
        and_(_OWN.type_id == _WHY.id, _OWN.resource_id == _WHAT.id),
    )
)
BOOKABLE = Constant(_BOOKED)
