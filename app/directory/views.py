"""What other rooms and doors see of the directory."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.directory.kinds import Category, ResourceKind


@dataclass(frozen=True, slots=True)
class FacilityView:
    id: int
    public_id: UUID
    slug: str
    name: str
    zone: ZoneInfo
    address: str = ""
    phone: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class DepartmentView:
    id: int
    public_id: UUID
    facility_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ResourceView:
    """A resource as it serves in one facility."""

    id: int
    public_id: UUID
    code: str
    kind: ResourceKind
    name: str
    facility_id: int
    department_id: int | None
    department: str
    place: str
    token_prefix: str | None
    capacity: int
    exclusive: bool
    buffer_before: timedelta
    buffer_after: timedelta
    schedule_only: bool
    active: bool


@dataclass(frozen=True, slots=True)
class TypeView:
    id: int
    public_id: UUID
    code: str
    name: str
    category: Category
    minutes: int
    active: bool = True
