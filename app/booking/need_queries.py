"""What doors read before they book: what would be chosen for what a type needs."""

from datetime import datetime

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import assignment, places, teams
from app.booking.views import Foreseen, NewTimed
from app.core.actor import Actor
from app.directory import internal as directory
from app.patients import internal as patients


def foresee(order: NewTimed, *, by: Actor, now: datetime) -> list[Foreseen]:
    """
    Say what a booking would be given for each need that it leaves open, and why.

    Nothing is kept: whoever books meanwhile may be given it instead. A token is asked
    about as the time of its slot.

    :raises ForbiddenError: if the actor may not request there, or not see the patient
    :raises InputError: if the times or resources cannot be right
    :raises NotFoundError: if the order names something that is not there
    :raises OverError: if the time has gone by
    """
    asked = teams.expand(order).of(order)
    places.count(asked.resources)
    what = directory.bookable(
        asked.facility_id, asked.resources[0].resource_id, asked.type_id
    )
    scope = places.scope(what.facility, [what.resource])
    accounts.require(by, Permission.REQUEST, scope)
    coming = []
    if asked.patient_id is not None:
        # What somebody had at earlier visits is told with it.
        accounts.require(by, Permission.VIEW_PATIENTS, Scope(what.facility.id))
        coming = [patients.one(asked.patient_id)]
    span = places.timed_span(asked.starts_at, asked.ends_at, what.minutes, now=now)
    wish = assignment.Wish(
        facility=what.facility,
        type=what.type,
        span=span,
        have=[part.resource for part in places.parts(asked.resources, span, what)],
        patients=coming,
        picks=asked.picks,
    )
    return assignment.foresee(wish, by=by, now=now)
