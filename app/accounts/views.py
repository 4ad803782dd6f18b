"""What other rooms and doors see of accounts."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from app.core.actor import Actor, ActorKind
from app.core.spans import Span


class Thing(Struct, frozen=True):
    """
    A resource an act touches, and the department it serves in there.

    `place` for rooms, chairs and theatres, which have keepers; `restricted` where only
    authorised people book; `public` where patients book themselves.
    """

    resource_id: int
    department_id: int | None = None
    place: bool = False
    restricted: bool = False
    public: bool = False


class Scope(Struct, frozen=True):
    """
    Where an act happens, and which resources it touches.

    Without things it is about the facility as a whole, without a facility about the
    whole installation.
    """

    facility_id: int | None = None
    things: frozenset[Thing] = field(default_factory=frozenset)


class Reach(Struct, frozen=True):
    """How far a role reaches: everywhere, or into one of these."""

    facility_id: int | None = None
    department_id: int | None = None
    resource_id: int | None = None


class Sight(Struct, frozen=True):
    """Over what an actor holds a permission: all, or these row numbers."""

    everywhere: bool
    facilities: frozenset[int]
    departments: frozenset[int]
    resources: frozenset[int]

    @property
    def nowhere(self) -> bool:
        """Say whether nothing is in it."""
        some = self.facilities or self.departments or self.resources
        return not (self.everywhere or some)

    def whole(self, facility_id: int) -> bool:
        """Say whether all of a facility is in it."""
        return self.everywhere or facility_id in self.facilities

    def has(self, facility_id: int, thing: Thing) -> bool:
        """Say whether a resource is in it, as it serves in a facility."""
        return (
            self.whole(facility_id)
            or thing.resource_id in self.resources
            or thing.department_id in self.departments
        )


EVERYWHERE = Scope()
ALL = Reach()


class TokenView(Struct, frozen=True):
    """A bearer token as it may be listed: all but the secret."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class PreferencesView(Struct, frozen=True):
    """
    What a user likes: single keys on or off, keys by act, columns by facility.

    Only keys that differ from the usual ones are named.
    """

    keys_on: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class UserView(Struct, frozen=True):
    """A member of staff as a door sees them."""

    id: int
    public_id: UUID
    username: str
    name: str
    roles: tuple[str, ...] = ()
    likes: PreferencesView = field(default_factory=PreferencesView)

    @property
    def actor(self) -> Actor:
        return Actor(
            kind=ActorKind.USER, name=self.name, id=self.id, reference=self.username
        )


class StaffView(Struct, frozen=True):
    """A member of staff as the list of users has them."""

    username: str
    name: str
    active: bool
    roles: tuple[str, ...]
    email: str = ""


class RoleView(Struct, frozen=True):
    """A role: one that ships, or one of the hospital's own."""

    code: str
    name: str
    permissions: tuple[str, ...]
    built_in: bool


class AssignmentView(Struct, frozen=True):
    """A role somebody has, and the row number of what it is for, if not for all."""

    username: str
    name: str
    role: str
    facility_id: int | None
    department_id: int | None
    resource_id: int | None


class DelegationView(Struct, frozen=True):
    """What somebody lent: permissions over resources for a span."""

    id: UUID
    lender: str
    borrower: str
    permissions: tuple[str, ...]
    facility_id: int
    resource_ids: tuple[int, ...]
    during: Span
    revoked_at: datetime | None = None
