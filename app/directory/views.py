"""What other rooms and doors see of the directory."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.accounts.views import Thing
from app.directory.kinds import Category, ResourceKind

# What has owners and managers, as doctors and machines have not.
PLACES = frozenset({ResourceKind.LOCATION, ResourceKind.ROOM, ResourceKind.CHAIR})


class FacilityView(Struct, frozen=True):
    id: int
    public_id: UUID
    slug: str
    name: str
    zone: ZoneInfo
    address: str = ""
    phone: str = ""
    active: bool = True
    region: str = ""
    online_holds: int = 40
    colour: str = ""
    # What names the picture of the facility, where it has one.
    logo: str = ""


class DepartmentView(Struct, frozen=True):
    id: int
    public_id: UUID
    facility_id: int
    name: str
    active: bool = True


class ResourceView(Struct, frozen=True):
    """A resource as it serves in one facility; `user_id` is who it is, if a user."""

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
    capabilities: frozenset[str] = frozenset()
    user_id: int | None = None
    restricted: bool = False
    needs_approval: bool = False
    public: bool = False

    @property
    def on_show(self) -> bool:
        """Say whether patients book it themselves."""
        return self.public and self.active

    @property
    def thing(self) -> Thing:
        """Name it as permissions are asked about it."""
        place = self.kind in PLACES
        return Thing(self.id, self.department_id, place, self.restricted, self.public)

    def margins(self, kind: "TypeView | None") -> tuple[timedelta, timedelta]:
        """Give the time kept before and after: the longer of its and a type's."""
        if kind is None:
            return self.buffer_before, self.buffer_after
        return (
            max(self.buffer_before, kind.buffer_before),
            max(self.buffer_after, kind.buffer_after),
        )


class MemberView(Struct, frozen=True):
    """
    A member of a team, and its own part of the time.

    `offset` counts from the start of an appointment; without a length the part lasts
    until its end.
    """

    resource_id: UUID
    role: str
    offset: timedelta
    length: timedelta | None


class TypeView(Struct, frozen=True):
    id: int
    public_id: UUID
    code: str
    name: str
    category: Category
    minutes: int
    active: bool = True
    buffer_before: timedelta = timedelta()
    buffer_after: timedelta = timedelta()
    requires_chair: bool = False
    requires_room: bool = False
    room_capability: str = ""
    equipment: tuple[str, ...] = ()
    needs_approval: bool = False
    price: Decimal | None = None
    public: bool = True
    follow_up_days: int = 30
    reminder_hours: int = 24

    @property
    def has_needs(self) -> bool:
        """Say whether a room, chair or machine must be found for it."""
        return self.requires_chair or self.requires_room or bool(self.equipment)

    @property
    def on_show(self) -> bool:
        """Say whether patients book it themselves: no plan, room or machine needed."""
        planned = self.category is Category.PROCEDURE
        return self.public and not planned and not self.has_needs


class Bookable(Struct, frozen=True):
    """What a booking names: where, with whom, what for, and how long that takes."""

    facility: FacilityView
    resource: ResourceView
    type: TypeView
    minutes: int
