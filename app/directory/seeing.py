"""Who may see facilities, departments, resources and types, as the trail asks."""

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.audit.views import Seen
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError
from app.directory import internal, queries
from app.directory.models import Department


def listen() -> None:
    """Answer for what the directory holds."""
    audit.guard("facility", _facility)
    audit.guard("department", _department)
    audit.guard("resource", _resource)
    audit.guard("appointment_type", _type)


def _facility(written: str, by: Actor) -> Seen:
    found = queries.facility_by_id(audit.number(written), by=by)
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, Scope(found.id))
    return Seen(str(found.public_id), found.name, found.id, trail=trail)


def _department(written: str, by: Actor) -> Seen:
    row = db.session.scalar(
        select(Department).where(Department.public_id == audit.number(written))
    )
    if row is None:
        raise NotFoundError("department", field="object_id")
    facility = internal.facilities({row.facility_id})[row.facility_id]
    here = queries.facility_by_id(facility.public_id, by=by)
    if row.id not in {each.id for each in queries.departments(here, by=by)}:
        raise NotFoundError("department", field="object_id")
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, Scope(here.id))
    return Seen(str(row.public_id), row.name, here.id, trail=trail)


def _resource(written: str, by: Actor) -> Seen:
    """Tell of a resource where the actor sees it, if it serves in several places."""
    public_id = audit.number(written)
    number = internal.resource_number(public_id, field="object_id")
    may = accounts.asking(by, Permission.VIEW_CALENDAR)
    for post in internal.posts_of([number]):
        scope = Scope(post.facility_id, frozenset({post.thing}))
        if may(scope):
            trail = accounts.allowed(by, Permission.VIEW_AUDIT, scope)
            return Seen(str(public_id), post.name, post.facility_id, trail=trail)
    raise NotFoundError("resource", field="object_id")


def _type(written: str, by: Actor) -> Seen:
    found = internal.appointment_type(audit.number(written), field="object_id")
    if accounts.sight(by, Permission.VIEW_CALENDAR).nowhere:
        raise NotFoundError("type", field="object_id")
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, Scope())
    return Seen(str(found.public_id), found.name, trail=trail)
