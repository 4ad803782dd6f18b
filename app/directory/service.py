"""Acts on the directory: what there is to schedule, and why people come."""

import re
from datetime import datetime
from uuid import UUID, uuid4

from msgspec import Struct, field

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE, Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, transaction
from app.core.errors import ConflictError, InputError
from app.core.regions import region_of
from app.core.text import clean
from app.directory import internal, rows, saving
from app.directory.altering import MAX_CAPACITY, Standing, change_resource
from app.directory.changing import change_department, change_facility
from app.directory.kinds import LocationForm, ResourceKind
from app.directory.models import (
    Department,
    Equipment,
    Facility,
    Location,
    Post,
    Practitioner,
    Resource,
)
from app.directory.networking import set_network_terms
from app.directory.opening import open_place
from app.directory.registries import set_registry_ids
from app.directory.saving import CodeTakenError, InUseError
from app.directory.showing import set_logo, set_online, show_online
from app.directory.teams import NewMember, NewTeam, add_team, set_members
from app.directory.types import (
    MOST_FOLLOW_UP_DAYS,
    MOST_MACHINES,
    MOST_REMINDER_HOURS,
    NewType,
    TypeChange,
    add_type,
    change_type,
    set_duration,
)
from app.directory.views import DepartmentView, FacilityView, ResourceView

__all__ = [
    "MOST_FOLLOW_UP_DAYS",
    "MOST_MACHINES",
    "MOST_REMINDER_HOURS",
    "CodeTakenError",
    "InUseError",
    "NewFacility",
    "NewMember",
    "NewPost",
    "NewResource",
    "NewTeam",
    "NewType",
    "PrefixTakenError",
    "Standing",
    "TypeChange",
    "add_department",
    "add_facility",
    "add_resource",
    "add_team",
    "add_type",
    "change_department",
    "change_facility",
    "change_resource",
    "change_type",
    "open_place",
    "post_resource",
    "set_duration",
    "set_logo",
    "set_members",
    "set_network_terms",
    "set_online",
    "set_registry_ids",
    "show_online",
]


class PrefixTakenError(ConflictError):
    code = "prefix_taken"


class NewFacility(Struct, frozen=True):
    """A facility; `region` is its country in two letters, that of its zone if empty."""

    slug: str
    name: str
    zone: str
    address: str = ""
    phone: str = ""
    region: str = ""


class NewResource(Struct, frozen=True):
    """
    Something to be scheduled, with its original.

    `form` says what kind of place a room, chair or location is. Buffers in minutes.
    Without hours of its own it follows the facility's, unless it is schedule-only.
    """

    code: str
    kind: ResourceKind
    name: str
    form: LocationForm | None = None
    speciality: str = ""
    model: str = ""
    capacity: int = 1
    buffer_before: int = 0
    buffer_after: int = 0
    capabilities: tuple[str, ...] = field(default_factory=tuple)
    user_id: int | None = None
    schedule_only: bool = False


class NewPost(Struct, frozen=True):
    """A resource's place in a facility."""

    facility_id: int
    department_id: int | None = None
    place: str = ""
    token_prefix: str | None = None


def add_facility(order: NewFacility, *, by: Actor, now: datetime) -> FacilityView:
    """
    Open a facility.

    :raises InputError: if the short name or the time zone cannot be right
    :raises CodeTakenError: if the short name is in use
    """
    saving.check_code(order.slug, field="slug")
    saving.check_zone(order.zone)
    row = Facility(
        public_id=uuid4(),
        slug=order.slug,
        name=clean(order.name, field="name", least=1, most=120),
        zone=order.zone,
        region=_region(order),
        address=clean(order.address, field="address", most=300),
        phone=clean(order.phone, field="phone", most=20),
        active=True,
    )
    taken = CodeTakenError(field="slug", taken=order.slug)
    with transaction(), constraints({"uq_facilities_slug": taken}):
        accounts.require(by, Permission.MANAGE_DIRECTORY, EVERYWHERE)
        saving.add(row, "facility", row.public_id, {"slug": row.slug}, by=by, now=now)
    return rows.facility(row)


def add_department(
    facility: FacilityView, name: str, *, by: Actor, now: datetime
) -> DepartmentView:
    """
    Open a department in a facility.

    :raises CodeTakenError: if the facility has a department of that name
    """
    row = Department(
        public_id=uuid4(),
        facility_id=facility.id,
        name=clean(name, field="name", least=1, most=80),
    )
    taken = CodeTakenError(field="name", taken=row.name)
    with transaction(), constraints({"uq_departments_facility_name": taken}):
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        saving.add(row, "department", row.public_id, {"name": row.name}, by=by, now=now)
    return rows.department(row)


def add_resource(
    order: NewResource, post: NewPost, *, by: Actor, now: datetime
) -> ResourceView:
    """
    Add something to be scheduled, with its first place to serve.

    :raises InputError: if a field cannot be right
    :raises CodeTakenError: if the code is in use
    :raises PrefixTakenError: if another resource of the facility has the token letter
    """
    _check_resource(order)
    row = Resource(
        public_id=uuid4(),
        code=order.code,
        kind=order.kind,
        name=clean(order.name, field="name", least=1, most=120),
        capacity=order.capacity,
        exclusive=True,
        buffer_before_minutes=order.buffer_before,
        buffer_after_minutes=order.buffer_after,
        capabilities=list(order.capabilities),
        schedule_only=order.schedule_only,
        restricted=False,
        needs_approval=False,
        active=True,
    )
    taken = CodeTakenError(field="code", taken=order.code)
    with transaction() as session, constraints({"uq_resources_code": taken}):
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(post.facility_id))
        original = _original(order)
        session.add(original)
        session.flush()
        _link(row, original)
        after = {"code": row.code, "kind": row.kind, "name": row.name}
        saving.add(row, "resource", row.public_id, after, by=by, now=now)
        if order.user_id is not None:
            accounts.make_own(order.user_id, row.id)
        return post_resource(row.public_id, post, by=by, now=now)


def post_resource(
    resource: UUID, post: NewPost, *, by: Actor, now: datetime
) -> ResourceView:
    """
    Let a resource serve in one more facility; its timeline stays one.

    :raises InputError: if its department there is out of use
    :raises PrefixTakenError: if another resource of the facility has the token letter
    """
    prefix = post.token_prefix
    if prefix is not None and not re.fullmatch(r"[A-Z]{1,3}", prefix):
        raise InputError(field="token_prefix", reason="prefix")
    meaning = {
        "uq_posts_facility_prefix": PrefixTakenError(
            field="token_prefix", taken=prefix
        ),
        "uq_posts_resource_facility": CodeTakenError(field="facility", taken="post"),
    }
    with transaction() as session, constraints(meaning):
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(post.facility_id))
        saving.must_be_open(post.department_id)
        resource_id = internal.resource_number(resource)
        session.add(
            Post(
                resource_id=resource_id,
                facility_id=post.facility_id,
                department_id=post.department_id,
                place=clean(post.place, field="place", most=40),
                token_prefix=prefix,
            )
        )
        session.flush()
        audit.record(
            "resource.posted",
            audit.Subject("resource", resource, post.facility_id),
            by=by,
            now=now,
            after={"place": post.place, "token_prefix": prefix},
        )
        return internal.resource(resource, post.facility_id)


def _region(order: NewFacility) -> str:
    """
    Say whose phone numbers need no code there.

    :raises InputError: if that is no country
    """
    region = order.region or region_of(order.zone)
    if region and not re.fullmatch(r"[A-Z]{2}", region):
        raise InputError(field="region", reason="region")
    return region


def _check_resource(order: NewResource) -> None:
    saving.check_code(order.code, field="code")
    if not 1 <= order.capacity <= MAX_CAPACITY:
        raise InputError(field="capacity", reason="between", least=1, most=MAX_CAPACITY)
    saving.check_buffers(order.buffer_before, order.buffer_after)


def _original(order: NewResource) -> Practitioner | Location | Equipment:
    match order.kind:
        case ResourceKind.PRACTITIONER:
            return Practitioner(speciality=order.speciality, user_id=order.user_id)
        case ResourceKind.EQUIPMENT:
            return Equipment(model=order.model)
        case ResourceKind.ROOM:
            return Location(form=LocationForm.ROOM)
        case ResourceKind.CHAIR:
            return Location(form=LocationForm.CHAIR)
        case ResourceKind.LOCATION:
            return Location(form=order.form or LocationForm.SITE)
        case ResourceKind.TEAM:
            # It stands for its members, and is added with them.
            raise InputError(field="kind", reason="team")


def _link(row: Resource, original: Practitioner | Location | Equipment) -> None:
    match original:
        case Practitioner():
            row.practitioner_id = original.id
        case Location():
            row.location_id = original.id
        case Equipment():
            row.equipment_id = original.id
