"""Who may see queues and who waits in them, as the trail and comments ask."""

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.audit.views import Seen
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError
from app.queues import lines
from app.queues.models import Counter, Queue, QueueLevel


def listen() -> None:
    """Answer for queues, their entries and counters."""
    audit.guard("queue", _queue)
    audit.guard("queue_entry", _entry)
    audit.guard("counter", _counter)
    audit.guard("queue_level", _level)


def _queue(written: str, by: Actor) -> Seen:
    queue = lines.named(audit.number(written))
    return _in(queue, str(queue.public_id), Permission.VIEW_CALENDAR, by)


def _entry(written: str, by: Actor) -> Seen:
    """Tell of somebody who waits to who may know who they are."""
    entry = lines.entry_named(audit.number(written))
    queue = lines.of(entry)
    return _in(queue, str(entry.public_id), Permission.VIEW_PATIENTS, by)


def _in(queue: Queue, number: str, permission: Permission, by: Actor) -> Seen:
    at = lines.ground(queue)
    if not accounts.allowed(by, permission, at.scope):
        raise NotFoundError("queue", field="object_id")
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, at.scope)
    return Seen(number, at.resource.name, at.facility.id, trail=trail)


def _counter(written: str, by: Actor) -> Seen:
    found = select(Counter).where(Counter.public_id == audit.number(written))
    row = db.session.scalar(found)
    scope = Scope(None if row is None else row.facility_id)
    if row is None or not accounts.allowed(by, Permission.VIEW_CALENDAR, scope):
        raise NotFoundError("counter", field="object_id")
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, scope)
    return Seen(str(row.public_id), row.name, row.facility_id, trail=trail)


def _level(written: str, by: Actor) -> Seen:
    found = select(QueueLevel).where(QueueLevel.public_id == audit.number(written))
    row = db.session.scalar(found)
    if row is None or accounts.sight(by, Permission.VIEW_CALENDAR).nowhere:
        raise NotFoundError("level", field="object_id")
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, Scope())
    return Seen(str(row.public_id), row.name, trail=trail)
