"""What other rooms and doors see of the trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.spans import Span


@dataclass(frozen=True, slots=True)
class Seen:
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


@dataclass(frozen=True, slots=True)
class Line:
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


@dataclass(frozen=True, slots=True)
class Sought:
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


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as people read it."""

    at: datetime
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Talk:
    """An object, and what was said about it, the latest first."""

    kind: str
    about: Seen
    comments: tuple[CommentView, ...]
