"""Sets of resources that are sought together, and where they are free together."""

from uuid import UUID

from msgspec import Struct

from app.booking.views.resources import Passed
from app.core.spans import Span
from app.directory.kinds import ResourceKind
from app.directory.views import ResourceView


class Member(Struct, frozen=True):
    """
    One of a set that is sought: a named resource, or any that will do.

    Any of a kind, that can do a certain thing, that serves in a department. `offset` is
    minutes from the start of the appointment, perhaps before it; without `minutes` its
    part lasts until the appointment ends.
    """

    resource_id: UUID | None = None
    kind: ResourceKind | None = None
    capability: str = ""
    department_id: UUID | None = None
    offset: int = 0
    minutes: int | None = None
    role: str = ""


class Seeking(Struct, frozen=True):
    """
    A whole set sought; the first member is whose list the appointment stands in.

    With a type its needs are sought too, and its rules and buffers hold for the first
    member. Without minutes it lasts as long as the type does with that member.
    """

    members: tuple[Member, ...]
    type_id: UUID | None = None
    minutes: int | None = None


class Part(Struct, frozen=True):
    """
    Who was found for a member, when, why, and why the others were not.

    `why` is named, kept, previous, preferred or first (by name).
    """

    resource: ResourceView
    during: Span
    why: str
    need: str = ""
    role: str = ""
    passed: tuple[Passed, ...] = ()


class JointOpening(Struct, frozen=True):
    """A time at which a whole set is free, each member for its own part."""

    span: Span
    parts: tuple[Part, ...]
