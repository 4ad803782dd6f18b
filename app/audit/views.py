"""What other rooms and doors see of the trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.core.spans import Span


class Seen(Struct, frozen=True):
    """
    An object somebody may see: what it is called, where it is, and of when.

    `id` is its outside id as the trail writes it; `trail` says that they may also read
    who did what to it.
    """

    id: str
    name: str
    facility_id: int | None = None
    span: Span | None = None
    trail: bool = False


class Line(Struct, frozen=True):
    """
    One line of the trail as people read it: who did what to what.

    `number` only grows; `before` and `after` are as JSON holds them.
    """

    at: datetime
    who: str
    action: str
    kind: str
    object_id: str
    number: int
    facility_id: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


class Sought(Struct, frozen=True):
    """
    What is looked for in the trail; what is None may be anything.

    `actors` are keys such as user:12, `behalf` names of those it was done for; either
    will do. Of `facilities` a line is about one; None are all, and what is in none.
    `below` is the number of the last line of the page before.
    """

    during: Span
    actors: frozenset[str] | None = None
    behalf: frozenset[str] = frozenset()
    kind: str | None = None
    object_id: str | None = None
    facilities: frozenset[int] | None = None
    below: int | None = None


class CommentView(Struct, frozen=True):
    """A comment as people read it."""

    at: datetime
    who: str
    text: str


class Talk(Struct, frozen=True):
    """An object, and what was said about it, the latest first."""

    kind: str
    about: Seen
    comments: tuple[CommentView, ...]
