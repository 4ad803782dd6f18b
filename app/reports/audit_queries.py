"""What doors read of the trail: of one object, or sought by actor, object and time."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.audit.views import Line, Sought
from app.core.actor import SYSTEM, Actor
from app.core.errors import InputError
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.views import FacilityView

PAGE = 50
LONGEST = timedelta(days=366)


class Asked(Struct, frozen=True):
    """
    What somebody looks for: `who` is a user name or part of a name.

    `below` is the number of the last line of the page before.
    """

    during: Span
    who: str = ""
    kind: str = ""
    object_id: str = ""
    facility_id: int | None = None
    below: int | None = None


class Found(Struct, frozen=True):
    """A page of lines, the latest first; `more` asks for those before them."""

    lines: tuple[Line, ...]
    more: int | None = None


def history(kind: str, object_id: UUID | str, *, by: Actor) -> list[Line]:
    """
    Give what was done to an object, the latest first.

    :raises ForbiddenError: if the actor may see it, but not its trail
    :raises NotFoundError: if there is no such thing, or not for this actor's eyes
    """
    about = audit.seen(kind, object_id, by)
    if not about.trail:
        raise accounts.refusal(by, Permission.VIEW_AUDIT)
    return audit.lines(kind, about.id)


def search(asked: Asked, *, by: Actor) -> Found:
    """
    Find lines of the trail in the facilities whose trail the actor may see.

    :raises ForbiddenError: if there is not one
    :raises InputError: if the time is longer than a year
    """
    facilities = _facilities(asked.facility_id, by)
    if asked.during.length > LONGEST:
        raise InputError(field="to", reason="too_many_days", most=LONGEST.days)
    sought = Sought(
        during=asked.during,
        kind=asked.kind or None,
        object_id=asked.object_id or None,
        facilities=facilities,
        below=asked.below,
    )
    if asked.who:
        people = accounts.called(asked.who)
        system = {SYSTEM.key} if asked.who.lower() == SYSTEM.name.lower() else set()
        sought = replace(
            sought,
            actors=frozenset(people) | system,
            behalf=frozenset(people.values()),
        )
    lines = audit.search(sought, PAGE + 1)
    more = lines[PAGE - 1].number if len(lines) > PAGE else None
    return Found(tuple(lines[:PAGE]), more)


def spoken_of() -> tuple[str, ...]:
    """Give the kinds of objects that have comments, and a page for their trail."""
    return audit.kinds()


def trail_places(*, by: Actor) -> Sequence[FacilityView]:
    """
    Give the facilities whose whole trail an actor may see.

    :raises ForbiddenError: if there is not one
    """
    sight = accounts.sight(by, Permission.VIEW_AUDIT)
    every = directory.facilities().values()
    seen = [each for each in every if sight.whole(each.id)]
    if not seen and not sight.everywhere:
        raise accounts.refusal(by, Permission.VIEW_AUDIT)
    return seen


def _facilities(wanted: int | None, by: Actor) -> frozenset[int] | None:
    """Give the facilities to look in; None are all, and what is in none of them."""
    seen = frozenset(each.id for each in trail_places(by=by))
    if wanted is not None:
        if wanted not in seen:
            raise accounts.refusal(by, Permission.VIEW_AUDIT)
        return frozenset({wanted})
    if accounts.sight(by, Permission.VIEW_AUDIT).everywhere:
        return None
    return seen
