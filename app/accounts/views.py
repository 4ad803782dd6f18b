"""What other rooms and doors see of accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.accounts.permissions import Role
from app.core.actor import Actor, ActorKind
from app.core.spans import Span


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource an act touches, and the department it serves in there."""

    resource_id: int
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """
    Where an act happens, and which resources it touches.

    Without things it is about the facility as a whole, without a facility about the
    whole installation.
    """

    facility_id: int | None = None
    things: frozenset[Thing] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a role reaches: everywhere, or into one of these."""

    facility_id: int | None = None
    department_id: int | None = None
    resource_id: int | None = None


EVERYWHERE = Scope()
ALL = Reach()


@dataclass(frozen=True, slots=True)
class TokenView:
    """A bearer token as it may be listed: all but the secret."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class PreferencesView:
    """
    What a user likes: single keys on or off, keys by act, columns by facility.

    Only keys that differ from the usual ones are named.
    """

    keys_on: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UserView:
    """A member of staff as a door sees them."""

    id: int
    public_id: UUID
    username: str
    name: str
    roles: tuple[Role, ...] = ()
    likes: PreferencesView = field(default_factory=PreferencesView)

    @property
    def actor(self) -> Actor:
        return Actor(
            kind=ActorKind.USER, name=self.name, id=self.id, reference=self.username
        )


@dataclass(frozen=True, slots=True)
class DelegationView:
    """What somebody lent: permissions over resources for a span."""

    id: UUID
    lender: str
    permissions: tuple[str, ...]
    resource_ids: tuple[int, ...]
    during: Span
