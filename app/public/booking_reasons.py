"""What a visit may be for online: follow-ups only for whom one is due."""

from datetime import datetime, timedelta

from msgspec import Struct

from app.booking import own_queries
from app.core.actor import ONESELF, SYSTEM
from app.core.errors import NotFoundError
from app.directory import queries as directory
from app.directory.kinds import Category
from app.directory.views import FacilityView, ResourceView, TypeView
from app.public import families, proving


class Reason(Struct, frozen=True):
    """A type that is offered; a follow-up until a moment."""

    type: TypeView
    until: datetime | None = None


def of(place: FacilityView, doctor: ResourceView, *, now: datetime) -> list[Reason]:
    """Give what a visit to a doctor may be for, to whom this browser is known as."""
    last = _last_visit(place, doctor, now=now) if _follow_ups() else None
    found = []
    for each in _online():
        if each.category is not Category.FOLLOW_UP:
            found.append(Reason(each))
            continue
        until = last and last + timedelta(days=each.follow_up_days)
        if until is not None and until >= now:
            found.append(Reason(each, until))
    return found


def one(
    place: FacilityView, doctor: ResourceView, code: str, *, now: datetime
) -> Reason:
    """
    Give one reason by the code of its type.

    :raises NotFoundError: if it is none of those that are offered online
    """
    for each in of(place, doctor, now=now):
        if each.type.code == code:
            return each
    raise NotFoundError("type")


def unknown(*, now: datetime) -> bool:
    """Say whether there may be a follow-up for who proves their phone."""
    return bool(_follow_ups()) and proving.known(now=now) is None


def _online() -> list[TypeView]:
    return [each for each in directory.types(by=SYSTEM) if each.on_show]


def _follow_ups() -> list[TypeView]:
    return [each for each in _online() if each.category is Category.FOLLOW_UP]


def _last_visit(
    place: FacilityView, doctor: ResourceView, *, now: datetime
) -> datetime | None:
    family = families.of(place, proving.known(now=now))
    seen = own_queries.last_visits(
        place, doctor, [each.public_id for each in family], by=ONESELF, now=now
    )
    return max(seen.values(), default=None)
