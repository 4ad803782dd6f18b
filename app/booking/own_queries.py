"""What is read of a visit by its patient, and of what they said of it by staff."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import due, rows, seats
from app.booking import own as oneself
from app.booking.addresses import booked, secrets
from app.booking.lately import LastView, last_of
from app.booking.own import OwnView, RatingView, own
from app.booking.own_joining import earlier
from app.booking.views import WaitingView
from app.booking.waiting_oneself import waits_of
from app.core.actor import Actor
from app.core.errors import NotFoundError
from app.directory.views import FacilityView, ResourceView
from app.patients import internal as patients

__all__ = [
    "OwnView",
    "RatingView",
    "addresses",
    "earlier",
    "mine",
    "own",
    "ratings",
]


def addresses(appointment: UUID, *, by: Actor) -> dict[UUID, str]:
    """
    Give the secret of each who takes part, by patient; for who may check them in.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = rows.seen(appointment, by)
    if not accounts.allowed(by, Permission.CHECK_IN, rows.scope_of(told)):
        return {}
    mine = seats.of_appointment(appointment)
    found = secrets(each.participant_id for each in mine)
    who = patients.many(each.patient_id for each in mine)
    return {who[each.patient_id].public_id: found[each.participant_id] for each in mine}


def mine(appointment: UUID, *, by: Actor) -> str:
    """
    Give the secret of a visit to who booked it themselves.

    :raises NotFoundError: if it does not exist, or somebody else booked it
    """
    found = booked(appointment, by.key)
    if found is None:
        raise NotFoundError("appointment", field="appointment_id")
    return found


def last_visits(
    facility: FacilityView,
    resource: ResourceView,
    people: Collection[UUID],
    *,
    by: Actor,
    now: datetime,
) -> dict[UUID, datetime]:
    """
    Tell when patients were last seen by a resource or its department there.

    Who was not is left out.
    """
    where = Scope(facility.id, frozenset({resource.thing}))
    accounts.require(by, Permission.VIEW_PATIENTS, where)
    ids = {each: patients.one(each).id for each in people}
    seen = due.last_visits(facility, resource, ids.values(), before=now)
    return {who: seen[number] for who, number in ids.items() if number in seen}


def waits(
    facility: FacilityView, phone: str, *, by: Actor, now: datetime
) -> list[WaitingView]:
    """
    Give who of a phone, E.164, waits in a facility for today or later.

    A door shows them only to who has proved it to be theirs.
    """
    accounts.require(by, Permission.VIEW_PATIENTS, Scope(facility.id))
    return list(waits_of(facility, phone, now=now))


def lately(
    facility: FacilityView, people: Collection[UUID], *, by: Actor, now: datetime
) -> list[LastView]:
    """Give whom patients saw last in a facility, and what for."""
    accounts.require(by, Permission.VIEW_PATIENTS, Scope(facility.id))
    found = [(patients.one(each).id, each) for each in people]
    return last_of(facility, found, now=now)


def ratings(appointment: UUID, *, by: Actor) -> list[RatingView]:
    """
    Give what patients said of a visit, to who may know its patients; else nothing.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = rows.seen(appointment, by)
    if not accounts.allowed(by, Permission.VIEW_PATIENTS, rows.scope_of(told)):
        return []
    return oneself.ratings_of(appointment)
