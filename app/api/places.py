"""Where a request plays, and where else it could: alternatives to a refused place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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
    Give the facility an address names.

    :raises NotFoundError: if it does not exist, or not for this caller's eyes
    """
    return directory.facility_by_id(facility_id, by=current.actor())


@contextmanager
def advice(wish: Wish, *, now: datetime) -> Iterator[None]:
    """Give a refusal the local zone and, of a place, the nearest free ones."""
    try:
        yield
    except (SlotTakenError, SlotFullError, NotOfferedError) as exc:
        exc.params |= {"zone": wish.facility.zone, "alternatives": _like(wish, now)}
        raise
    except DomainError as exc:
        exc.params["zone"] = wish.facility.zone
        raise


def _like(wish: Wish, now: datetime) -> list[Opening]:
    by = current.actor()
    try:
        return queries.openings(
            wish.facility,
            directory.resource(wish.facility, wish.resource_id, by=by),
            wish.type_id,
            wish.starts_at,
            by=by,
            now=now,
            minutes=wish.minutes,
        )
    except DomainError:
        # Who may book there but not look there is refused without advice.
        return []
