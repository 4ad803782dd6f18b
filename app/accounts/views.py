"""What other rooms and doors see of accounts."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.accounts.permissions import Role
from app.core.actor import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an act happens. An empty scope means: in the whole installation."""

    facility_id: int | None = None
    department_ids: frozenset[int] = field(default_factory=frozenset)
    resource_ids: frozenset[int] = field(default_factory=frozenset)


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class TokenView:
    """A bearer token as it may be listed: all but the secret."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class UserView:
    """A member of staff as a door sees them."""

    id: int
    public_id: UUID
    username: str
    name: str
    roles: tuple[Role, ...] = ()

    @property
    def actor(self) -> Actor:
        return Actor(
            kind=ActorKind.USER, name=self.name, id=self.id, reference=self.username
        )
