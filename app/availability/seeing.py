"""Who may see hours, exceptions and maintenance, as the trail and comments ask."""

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.audit.views import Seen
from app.availability.models import AvailabilityException, Maintenance, Schedule
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.spans import Span
from app.directory import internal as directory


def listen() -> None:
    """Answer for schedules, exceptions and maintenance."""
    audit.guard("schedule", _schedule)
    audit.guard("exception", _exception)
    audit.guard("maintenance", _maintenance)


def _schedule(written: str, by: Actor) -> Seen:
    found = select(Schedule).where(Schedule.public_id == audit.number(written))
    row = db.session.scalar(found)
    if row is None:
        raise NotFoundError("schedule", field="object_id")
    return _of(str(row.public_id), row.facility_id, row.resource_id, None, by)


def _exception(written: str, by: Actor) -> Seen:
    row = db.session.scalar(
        select(AvailabilityException).where(
            AvailabilityException.public_id == audit.number(written)
        )
    )
    if row is None:
        raise NotFoundError("exception", field="object_id")
    number = str(row.public_id)
    return _of(number, row.facility_id, row.resource_id, row.during, by)


def _maintenance(written: str, by: Actor) -> Seen:
    found = select(Maintenance).where(Maintenance.public_id == audit.number(written))
    row = db.session.scalar(found)
    if row is None:
        raise NotFoundError("maintenance", field="object_id")
    # It closes the resource wherever it serves, whoever arranged it.
    return _of(str(row.public_id), None, row.resource_id, row.during, by)


def _of(
    number: str,
    facility_id: int | None,
    resource_id: int | None,
    span: Span | None,
    by: Actor,
) -> Seen:
    """
    Tell of what is about a resource, or a facility as a whole, to who sees that.

    :raises NotFoundError: if its calendar is not for this actor's eyes
    """
    for name, scope in _places(facility_id, resource_id):
        if _sees(by, scope):
            trail = accounts.allowed(by, Permission.VIEW_AUDIT, scope)
            return Seen(number, name, scope.facility_id, span, trail)
    raise NotFoundError("object", field="object_id")


def _places(
    facility_id: int | None, resource_id: int | None
) -> list[tuple[str, Scope]]:
    if resource_id is None:
        assert facility_id is not None
        facility = directory.facilities({facility_id})[facility_id]
        return [(facility.name, Scope(facility_id))]
    return [
        (post.name, Scope(post.facility_id, frozenset({post.thing})))
        for post in directory.posts_of([resource_id])
        if facility_id in {None, post.facility_id}
    ]


def _sees(by: Actor, scope: Scope) -> bool:
    """Say whether somebody sees a calendar: a facility's own hours, who sees any."""
    if scope.things:
        return accounts.allowed(by, Permission.VIEW_CALENDAR, scope)
    sight = accounts.sight(by, Permission.VIEW_CALENDAR)
    seen = directory.facilities_in(sight)
    return scope.facility_id in {each.id for each in seen}
