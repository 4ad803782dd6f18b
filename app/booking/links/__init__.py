"""
Objects an appointment can be for: one small file and one line here for each kind.

Other packages may add kinds by the entry point group `baari.links`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from uuid import UUID

from sqlalchemy import select

from app.booking import guard, holding
from app.booking.errors import LinkTakenError
from app.booking.links.kind import Linkable
from app.booking.links.procedure import ProcedureLink
from app.booking.models import ONE_PROCEDURE, Appointment, BookingResource
from app.booking.states import TAKES_PLACE, Status
from app.booking.views import Link
from app.core.db import constraints, db
from app.core.errors import BusyError, InputError
from app.directory import internal as directory
from app.directory.views import FacilityView

OWN: Mapping[str, Linkable] = {ProcedureLink.kind: ProcedureLink()}


@cache
def kinds() -> Mapping[str, Linkable]:
    """Give all kinds by name; an entry point may add one, never replace ours."""
    added = {point.name: point.load()() for point in entry_points(group="baari.links")}
    return {**added, **OWN}


def checked(link: Link | None, facility: FacilityView) -> Link | None:
    """
    Give a link back after seeing that an appointment of the facility may have it.

    :raises InputError: if there is no such kind
    :raises LinkTakenError: if the object has its one appointment already
    :raises NotFoundError: if there is no such object in the facility
    """
    if link is None:
        return None
    kind = _kind(link)
    kind.check(link.id, facility)
    live = _live(link) if kind.once else None
    if live is not None:
        raise LinkTakenError(field="link", reference=live.reference)
    return link


def keys(link: Link | None) -> list[str]:
    """Name the locks of what the object is booked with now: a hold may have run out."""
    live = _live(link) if link else None
    if live is None:
        return []
    return guard.keys_of(directory.public_ids(_used(live)))


def free(link: Link | None, held: Sequence[str], *, now: datetime) -> None:
    """
    Free an object whose hold has run out, whichever resources that hold was of.

    :raises BusyError: if it was held anew meanwhile, with other resources
    """
    live = _live(link) if link else None
    if live is None or live.status is not Status.HELD:
        return
    if live.hold_expires_at is None or live.hold_expires_at > now:
        return
    used = _used(live)
    if not set(guard.keys_of(directory.public_ids(used))) <= set(held):
        raise BusyError
    holding.expire(used, now=now)
    db.session.expire_all()


@contextmanager
def once_live(link: Link | None) -> Iterator[None]:
    """Turn a rival who booked the same object first into a refusal."""
    if link is None:
        yield
        return
    with constraints({ONE_PROCEDURE: LinkTakenError(field="link")}):
        yield


def _kind(link: Link) -> Linkable:
    if link.kind not in kinds():
        raise InputError(field="link.kind", reason="choice", choices=sorted(kinds()))
    return kinds()[link.kind]


def live_of(link: Link) -> UUID | None:
    """Give the appointment an object is booked or done in, if it is."""
    live = _live(link)
    return None if live is None else live.public_id


def _live(link: Link) -> Appointment | None:
    found = (
        select(Appointment)
        .where(
            Appointment.linked_kind == link.kind,
            Appointment.linked_id == link.id,
            Appointment.status.in_(TAKES_PLACE),
        )
        .order_by(Appointment.id)
        .limit(1)
    )
    return db.session.scalar(found)


def _used(booking: Appointment) -> list[int]:
    claimed = select(BookingResource.resource_id).where(
        BookingResource.appointment_id == booking.id, BookingResource.current
    )
    return [booking.resource_id, *db.session.scalars(claimed)]
