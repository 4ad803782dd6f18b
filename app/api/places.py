"""Where a request plays, and where else it could: alternatives to a refused place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import g

from app.booking import queries
from app.booking.errors import NotOfferedError, SlotFullError, SlotTakenError
from app.booking.views import Opening
from app.core.errors import DomainError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current


@dataclass(frozen=True, slots=True)
class Wish:
    """The place that was wanted, as far as another one must be like it."""

    facility: FacilityView
    resource_id: UUID
    type_id: UUID
    starts_at: datetime
    minutes: int | None = None


def facility_of(facility_id: UUID) -> FacilityView:
    """
    Give the facility an address names; refusals are then told in its local time.

    :raises NotFoundError: if it does not exist, or not for this caller's eyes
    """
    found = directory.facility_by_id(facility_id, by=current.actor())
    g.api_zone = found.zone
    return found


@contextmanager
def alternatives(wish: Wish, *, now: datetime) -> Iterator[None]:
    """Add the nearest free places to the refusal of a place."""
    try:
        yield
    except (SlotTakenError, SlotFullError, NotOfferedError):
        try:
            g.api_alternatives = _like(wish, now)
        except DomainError:
            # Who may book there and not look there is refused without advice.
            g.api_alternatives = []
        raise


def _like(wish: Wish, now: datetime) -> list[Opening]:
    by = current.actor()
    resource = directory.resource(wish.facility, wish.resource_id, by=by)
    return queries.openings(
        wish.facility,
        resource,
        wish.type_id,
        wish.starts_at,
        by=by,
        now=now,
        minutes=wish.minutes,
    )
