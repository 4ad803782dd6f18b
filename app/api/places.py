"""Where a request plays, and where else it could: alternatives to a refused place."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.booking.errors import NotOfferedError, SlotFullError, SlotTakenError
from app.booking.views import Opening, Whom
from app.core.errors import DomainError, ForbiddenError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current, nearest


class Wish(Struct, frozen=True):
    """The place that was wanted, as far as another one must be like it."""

    facility_id: UUID
    resource_id: UUID
    type_id: UUID
    starts_at: datetime
    minutes: int | None = None
    whom: Whom | None = None


def whom_of(patient_id: UUID | None, moving: UUID | None = None) -> Whom | None:
    """Say for whom another place would be, if the order says it."""
    return None if patient_id is None else Whom(patient_id, moving)


def facility_of(facility_id: UUID) -> FacilityView:
    """
    Give the facility an address names.

    :raises NotFoundError: if it does not exist, or not for this caller's eyes
    """
    return directory.facility_by_id(facility_id, by=current.actor())


@contextmanager
def advice(wish: Wish, *, now: datetime) -> Iterator[None]:
    """
    Give a refusal the local zone and, of a place, the nearest free ones.

    The facility is looked up for a refusal alone: an act that is done did so itself.

    :raises NotFoundError: if something is refused in a facility not for these eyes
    """
    try:
        yield
    except DomainError as exc:
        facility = _seen(wish.facility_id, exc)
        if facility is not None:
            exc.params["zone"] = facility.zone
            if isinstance(exc, SlotTakenError | SlotFullError | NotOfferedError):
                exc.params["alternatives"] = _like(wish, facility, now)
        raise


def _seen(facility_id: UUID, refused: DomainError) -> FacilityView | None:
    """Give the facility of a refusal, and keep from others that there is one."""
    try:
        return facility_of(facility_id)
    except NotFoundError as hidden:
        if isinstance(refused, NotFoundError | ForbiddenError):
            raise hidden from refused
        return None


def _like(wish: Wish, facility: FacilityView, now: datetime) -> list[Opening]:
    by = current.actor()
    try:
        return nearest.openings(
            facility,
            directory.resource(facility, wish.resource_id, by=by),
            wish.type_id,
            wish.starts_at,
            now=now,
            minutes=wish.minutes,
            whom=wish.whom,
        )
    except DomainError:
        # Who may book there but not look there is refused without advice.
        return []
